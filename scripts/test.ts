/**
 * `deno task test`: installs what the tests need, runs the gate, then every test file on every runtime, and ends with one table.
 *
 * - `--runtime deno,node@22` runs on these only
 * - `--filter <text>` runs the test files whose path has the text
 * - `--no-gate` leaves the gate out
 */
import { cli, readOptions, UsageError } from "./lib/cli.ts";
import { runGate } from "./lib/gate.ts";
import { layOutForNode, pack } from "./lib/package.ts";
import { testFiles } from "./lib/project.ts";
import { killRunsOnSignals } from "./lib/run_file.ts";
import { provideRuntime, provideTools, readRuntimeNames, runtimeNames } from "./lib/runtimes.ts";
import { runSuite } from "./lib/suite.ts";
import { closingLine, type Row, table } from "./lib/table.ts";

const options = {
  "runtime": { type: "string", default: runtimeNames.join(",") },
  "filter": { type: "string", default: "" },
  "no-gate": { type: "boolean", default: false },
} as const;

/** Makes the package that Node runs. @returns what is wrong, or `""` */
async function preparePackage(): Promise<string> {
  try {
    await pack();
    await layOutForNode();
    return "";
  } catch (error) {
    console.log(`FAIL the npm package cannot be made, so nothing runs on Node\n${(error as Error).message}`);
    return (error as Error).message;
  }
}

await cli("test", async () => {
  const { values } = readOptions(Deno.args, options);
  const names = readRuntimeNames(values.runtime);
  const files = testFiles().filter((file) => file.includes(values.filter));
  if (files.length === 0) throw new UsageError(`no test file has ${JSON.stringify(values.filter)} in its path`);
  killRunsOnSignals();

  const runtimes = [];
  for (const name of names) runtimes.push(await provideRuntime(name));
  await provideTools();
  console.log(`Runtimes: ${runtimes.map(({ name, version }) => `${name.replace(/@.*/, "")} ${version}`).join(", ")}`);

  const rows: Row[] = [];
  if (!values["no-gate"]) {
    const started = performance.now();
    const counts = await runGate();
    rows.push({ name: "gate", ...counts, skipped: 0, seconds: (performance.now() - started) / 1000 });
  }
  const packed = names.some((name) => name.startsWith("node")) ? await preparePackage() : "";
  for (const runtime of runtimes) {
    if (runtime.name.startsWith("node") && packed !== "") rows.push({ name: runtime.name, passed: 0, failed: 1, skipped: 0, seconds: 0 });
    else rows.push(await runSuite(runtime, files));
  }

  console.log(`\n${table(rows)}\n\n${closingLine(rows)}`);
  return rows.every((row) => row.failed === 0) ? 0 : 1;
});
