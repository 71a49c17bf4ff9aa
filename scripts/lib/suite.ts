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

/** The files that a runtime runs. */
export interface Suite {
  runtime: Runtime;
  files: string[];
}

/** Sums up a suite that has ended, and shows it. */
function sumUp({ runtime }: Suite, results: FileResult[], seconds: number): Row {
  const row = { name: runtime.name, ...countTests(results), seconds };
  if (row.passed + row.failed === 0) {
    row.failed = 1;
    console.log(`FAIL ${row.name}: no test ran`);
  }
  console.log(`${row.failed === 0 ? "ok  " : "FAIL"} ${row.name}: ${results.length} files (${seconds.toFixed(1)} s, ${slowest(results)})`);
  return row;
}

/**
 * Runs test files on runtimes, one runtime after the other, and shows what fails. The next one's first files begin beside the last ones of the one before:
 * no core waits for a long file.
 *
 * @returns a row for each, with the seconds since the end of the one that ended before it
 */
export async function runSuites(suites: Suite[]): Promise<Row[]> {
  const rows = new Map<Suite, Row>();
  let before = performance.now();
  const end = (suite: Suite, results: FileResult[]) => {
    const now = performance.now();
    rows.set(suite, sumUp(suite, results, (now - before) / 1000));
    before = now;
  };
  const started = suites.map((suite) => ({ suite, results: [] as FileResult[] }));
  for (const { suite, results } of started) if (suite.files.length === 0) end(suite, results);
  const runs = started.flatMap(({ suite, results }) => suite.files.map((file) => ({ suite, results, file })));
  await mapLimited(runs, atATime, async ({ suite, results, file }) => {
    const result = await runFile(suite.runtime, file);
    if (isBad(result)) console.log(describeFailures(result));
    results.push(result);
    if (results.length === suite.files.length) end(suite, results);
  });
  return suites.map((suite) => rows.get(suite)!);
}
