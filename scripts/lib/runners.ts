/** How one test file is run on each runtime: three commands and three kinds of report behind one shape. */
import { pathToFileURL } from "node:url";
import path from "node:path";
import { installedFolder } from "./package.ts";
import { root } from "./project.ts";
import { readBunReport, readDenoReport, readNodeReport, type Report } from "./report.ts";
import type { Runtime } from "./runtimes.ts";

/** The command for a test file. */
export interface Runner {
  /** Where the command runs. */
  cwd: string;
  /** The arguments that run `file` (a path from the project's folder) and report to `reportFile`. */
  args(file: string, reportFile: string): string[];
  /** Reads the report; `null` when there is none. */
  read(report: string | null): Report;
}

const withOut = (script: string, out: string) => `${pathToFileURL(path.join(root, "scripts/reporters", script))}?out=${out}`;

/** On which file Deno's uncaught errors are written. */
export const uncaughtFile = (reportFile: string) => `${reportFile}.uncaught`;

const deno: Runner = {
  cwd: root,
  args: (file, report) => [
    "test",
    "--allow-all",
    "--no-check",
    `--preload=${withOut("deno_preload.ts", uncaughtFile(report))}`,
    `--junit-path=${report}`,
    file,
  ],
  read: readDenoReport,
};

/** The file where it is laid out. */
const asJavaScript = (file: string) => file.replace(/\.ts$/, ".js");

const bun: Runner = {
  cwd: installedFolder,
  // Bun ends a test after 5 seconds unless told otherwise; our limit is the file's.
  args: (file, report) => ["test", "--timeout=86400000", "--reporter=junit", `--reporter-outfile=${report}`, `./${asJavaScript(file)}`],
  read: readBunReport,
};

const node: Runner = {
  cwd: installedFolder,
  // Run as a program, not with --test: that takes a file which ends in the middle for one that passed.
  args: (file, report) => [
    `--test-reporter=${withOut("node.mjs", report)}`,
    "--test-reporter-destination=stdout",
    asJavaScript(file),
  ],
  read: readNodeReport,
};

/** Whether a runtime runs the npm package, with the tests laid out inside it; Deno runs the sources. */
export const runsPackage = (runtimeName: string): boolean => runtimeName !== "deno";

/** The runner for a runtime. */
export function runnerFor(runtime: Runtime): Runner {
  return { deno, bun }[runtime.name] ?? node;
}
