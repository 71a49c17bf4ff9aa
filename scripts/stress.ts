/**
 * `deno task stress <test file>`: runs a test file many times, several copies at once, and shows the first failure.
 *
 * - `--runtime node@22` runs on this one; Deno otherwise
 * - `--times 20` runs it so often
 * - `--copies 2` runs so many at a time
 */
import { cli, readOptions, UsageError } from "./lib/cli.ts";
import { mapLimited } from "./lib/command.ts";
import { layOutForNode, pack } from "./lib/package.ts";
import { testFiles } from "./lib/project.ts";
import { killRunsOnSignals, runFile } from "./lib/run_file.ts";
import { provideRuntime, provideTools, readRuntimeNames } from "./lib/runtimes.ts";
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

function findTestFile(text: string | undefined): string {
  const found = testFiles().filter((file) => text !== undefined && file.includes(text.replace(/^\.\//, "")));
  if (found.length !== 1) throw new UsageError(`name one test file, received ${text ?? "none"} (${found.length} files match)`);
  return found[0]!;
}

await cli("stress", async () => {
  const { values, positionals } = readOptions(Deno.args, options, 1);
  const names = readRuntimeNames(values.runtime);
  const times = readCount("times", values.times);
  const copies = readCount("copies", values.copies);
  const file = findTestFile(positionals[0]);
  killRunsOnSignals();
  if (names.some((name) => name.startsWith("node"))) {
    await pack();
    await layOutForNode();
  }

  let allFailed = 0;
  await provideTools();
  for (const name of names) {
    const runtime = await provideRuntime(name);
    let failed = 0;
    await mapLimited(Array.from({ length: times }, (_, index) => index), copies, async (index) => {
      const result = await runFile(runtime, file, `_${index}`);
      if (isBad(result) && failed++ === 0) console.log(describeFailures(result));
    });
    console.log(`${name} ${file}: ${times - failed} of ${times} runs passed, ${failed} failed, ${copies} at a time`);
    allFailed += failed;
  }
  return allFailed === 0 ? 0 : 1;
});
