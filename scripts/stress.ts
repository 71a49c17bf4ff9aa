/**
 * `deno task stress <texts>`: runs each test file whose path has one of the texts many times, several at once, and shows each one's first failure. `tests/` is
 * all of them.
 *
 * - `--runtime node@22` runs on this one; Deno otherwise
 * - `--times 20` runs it so often
 * - `--copies 2` runs so many at a time
 */
import { cli, readOptions, UsageError } from "./lib/cli.ts";
import { mapLimited } from "./lib/command.ts";
import { layOutTests, pack } from "./lib/package.ts";
import { testFiles } from "./lib/project.ts";
import { killRunsOnSignals, runFile } from "./lib/run_file.ts";
import { runsPackage } from "./lib/runners.ts";
import { provideRuntime, provideTools, readRuntimeNames, type Runtime } from "./lib/runtimes.ts";
import { describeFailures, isBad } from "./lib/suite.ts";

const options = {
  runtime: { type: "string", default: "deno" },
  times: { type: "string", default: "20" },
  copies: { type: "string", default: "2" },
} as const;

function readCount(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`--${name} must be a positive integer, received ${text}`);
  return Number(text);
}

function findTestFiles(texts: string[]): string[] {
  const all = testFiles();
  const matching = texts.map((text) => all.filter((file) => file.includes(text.replace(/^\.\//, ""))));
  const without = texts[matching.findIndex((found) => found.length === 0)];
  if (texts.length === 0 || without !== undefined) throw new UsageError(`name test files, received ${without ?? "none"}`);
  return [...new Set(matching.flat())];
}

/** Runs files so often on a runtime, and says how each went as soon as that is known. @returns how many runs failed */
async function stress(runtime: Runtime, files: string[], times: number, copies: number): Promise<number> {
  const left = new Map(files.map((file) => [file, times]));
  const failed = new Map(files.map((file) => [file, 0]));
  const runs = files.flatMap((file) => Array.from({ length: times }, (_, index) => ({ file, index })));
  await mapLimited(runs, copies, async ({ file, index }) => {
    const result = await runFile(runtime, file, `_${index}`);
    if (isBad(result)) {
      if (failed.get(file) === 0) console.log(describeFailures(result));
      failed.set(file, failed.get(file)! + 1);
    }
    left.set(file, left.get(file)! - 1);
    if (left.get(file)! > 0) return;
    console.log(
      `${runtime.name} ${file}: ${times - failed.get(file)!} of ${times} runs passed, ${failed.get(file)} failed, ${copies} at a time`,
    );
  });
  return [...failed.values()].reduce((sum, count) => sum + count, 0);
}

await cli("stress", async () => {
  const { values, positionals } = readOptions(Deno.args, options, Infinity);
  const names = readRuntimeNames(values.runtime);
  const times = readCount("times", values.times);
  const copies = readCount("copies", values.copies);
  const files = findTestFiles(positionals);
  killRunsOnSignals();
  if (names.some(runsPackage)) {
    await pack();
    await layOutTests();
  }

  let failed = 0;
  await provideTools();
  for (const name of names) failed += await stress(await provideRuntime(name), files, times, copies);
  return failed === 0 ? 0 : 1;
});
