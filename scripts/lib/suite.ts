/** A set of test files on one runtime. */
import { mapLimited } from "./command.ts";
import { countTests, type FileResult, runFile } from "./run_file.ts";
import type { Runtime } from "./runtimes.ts";
import type { Row } from "./table.ts";

/** How many test files run at a time: twice as many as the smallest machine has cores, because many tests wait. */
const atATime = 4;

/** How much of a failing file's output is shown. */
const shownLines = 200;

/** How many of the files that took longest are named. */
const SHOWN_FILES = 6;

/** Whether something is wrong with a file or one of its tests. */
export function isBad({ tests, problems }: FileResult): boolean {
  return problems.length > 0 || tests.some((test) => test.state === "failed");
}

const indent = (text: string) => text.trimEnd().replace(/^(?=.)/gm, "    ");

/** What failed in a file, with the errors and the file's output. */
export function describeFailures({ runtime, file, tests, problems, output }: FileResult): string {
  const failed = tests.filter((test) => test.state === "failed");
  const lines = output.trimEnd().split("\n");
  const cut = lines.length > shownLines ? [`… ${lines.length - shownLines} lines before`] : [];
  return [
    ...problems.map((problem) => `FAIL ${runtime} ${file}: ${problem}`),
    ...failed.map(({ name, message }) => `FAIL ${runtime} ${file}: ${name}\n${indent(message)}`),
    output.trim() && `  its output:\n${indent([...cut, ...lines.slice(-shownLines)].join("\n"))}`,
  ].filter((part) => part !== "").join("\n");
}

/** Where the time went. */
function slowest(results: FileResult[]): string {
  const most = [...results].sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN_FILES);
  return `longest: ${most.map(({ file, seconds }) => `${file.replace(/^tests\/|_test\.ts$/g, "")} ${seconds.toFixed(0)}`).join(", ")}`;
}

/** Runs test files on a runtime and shows what fails. @returns the runtime's row of the table */
export async function runSuite(runtime: Runtime, files: string[]): Promise<Row> {
  const started = performance.now();
  const results = await mapLimited(files, atATime, async (file) => {
    const result = await runFile(runtime, file);
    if (isBad(result)) console.log(describeFailures(result));
    return result;
  });
  const row = { name: runtime.name, ...countTests(results), seconds: (performance.now() - started) / 1000 };
  if (row.passed + row.failed === 0) {
    row.failed = 1;
    console.log(`FAIL ${runtime.name}: no test ran`);
  }
  console.log(
    `${row.failed === 0 ? "ok  " : "FAIL"} ${runtime.name}: ${files.length} files (${row.seconds.toFixed(1)} s, ${slowest(results)})`,
  );
  return row;
}
