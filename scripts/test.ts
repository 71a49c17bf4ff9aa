/**
 * `deno task test`: installs what the tests need, runs the gate, then the test files on every runtime, and ends with one table. Deno and
 * Bun run all of them, the versions of Node share some.
 *
 * - `--whole` runs every file on every runtime
 * - `--runtime deno,node@22` runs on these only, every file
 * - `--filter <text>` runs the test files whose path has the text, on every runtime
 * - `--no-gate` leaves the gate out
 */
import { cli, readOptions, UsageError } from "./lib/cli.ts";
import { runGate } from "./lib/gate.ts";
import { filesFor, nodes } from "./lib/matrix.ts";
import { layOutTests, pack } from "./lib/package.ts";
import { testFiles } from "./lib/project.ts";
import { killRunsOnSignals } from "./lib/run_file.ts";
import { runsPackage } from "./lib/runners.ts";
import { provideRuntime, provideTools, readRuntimeNames, runtimeNames } from "./lib/runtimes.ts";
import { runSuites } from "./lib/suite.ts";
import { closingLine, type Row, table } from "./lib/table.ts";

const options = {
  "whole": { type: "boolean", default: false },
  "runtime": { type: "string" },
  "filter": { type: "string", default: "" },
  "no-gate": { type: "boolean", default: false },
} as const;

/** Makes the package that Bun and Node run. @returns whether it is there */
async function preparePackage(): Promise<boolean> {
  try {
    await pack();
    await layOutTests();
    return true;
  } catch (error) {
    console.log(`FAIL the npm package cannot be made, so nothing runs on Bun and Node\n${(error as Error).message}`);
    return false;
  }
}

await cli("test", async () => {
  const { values } = readOptions(Deno.args, options);
  const names = values.runtime === undefined ? runtimeNames : readRuntimeNames(values.runtime);
  const files = testFiles().filter((file) => file.includes(values.filter));
  const isShared = !values.whole && values.runtime === undefined && values.filter === "";
  if (files.length === 0) throw new UsageError(`no test file has ${JSON.stringify(values.filter)} in its path`);
  killRunsOnSignals();

  // What has to be fetched and made for the tests arrives while the gate runs.
  const arriving = Promise.all([
    Promise.all(names.map(provideRuntime)),
    names.some(runsPackage) ? preparePackage() : Promise.resolve(true),
    provideTools(),
  ]);
  arriving.catch(() => {
    // It is told where it is awaited.
  });

  const rows: Row[] = [];
  if (!values["no-gate"]) {
    const started = performance.now();
    const counts = await runGate();
    rows.push({ name: "gate", ...counts, skipped: 0, seconds: (performance.now() - started) / 1000 });
  }
  const [runtimes, hasPackage] = await arriving;
  console.log(`Runtimes: ${runtimes.map(({ name, version }) => `${name.replace(/@.*/, "")} ${version}`).join(", ")}`);
  const suites = runtimes.filter(({ name }) => hasPackage || !runsPackage(name))
    .map((runtime) => ({ runtime, files: isShared ? filesFor(runtime.name, files) : files }));
  rows.push(...await runSuites(suites));
  const without = runtimes.filter((runtime) => !suites.some((suite) => suite.runtime === runtime));
  rows.push(...without.map(({ name }) => ({ name, passed: 0, failed: 1, skipped: 0, seconds: 0 })));

  if (isShared) console.log(`\n${nodes.join(", ")} share files; --whole runs every file on every runtime`);
  console.log(`\n${table(rows)}\n\n${closingLine(rows)}`);
  return rows.every((row) => row.failed === 0) ? 0 : 1;
});
