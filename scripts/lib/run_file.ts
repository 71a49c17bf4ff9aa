/** Runs one test file in a process group of its own and says how it went. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { markedProcesses, markVariable } from "../../tests/support/processes.ts";
import { plainEnvironment } from "./command.ts";
import { buildFolder } from "./project.ts";
import type { Report } from "./report.ts";
import { runnerFor, uncaughtFile } from "./runners.ts";
import { linkRuntimes, type Runtime } from "./runtimes.ts";

/** Reached only by a file that waits for ever. */
const fileLimitSeconds = 600;

/** A daemon ends when it sees that its parent has, and a guardian waits two seconds for it; that is not instantaneous. */
const goneWithinMilliseconds = 5000;

/** The outcome of a test file. */
export interface FileResult extends Report {
  runtime: string;
  file: string;
  seconds: number;
  /** What it wrote to stdout and stderr. */
  output: string;
}

/** Passed and failed tests, skipped ones, in numbers; each problem of a file is a failure. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts the tests of some files. */
export function countTests(results: Report[]): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { tests, problems } of results) {
    for (const { state } of tests) counts[state]++;
    counts.failed += problems.length;
  }
  return counts;
}

/** A test file that is running. */
interface Run {
  child: ChildProcess;
  /** What marks its processes. */
  mark: string;
  /** Its temporary folder. */
  temporary: string;
}

const running = new Set<Run>();

let pathFolder: string | null = null;

/** The `PATH` of the tests: every runtime that is here can start every other. */
function testPath(): string {
  if (pathFolder === null) {
    pathFolder = path.join(buildFolder, "path");
    linkRuntimes(pathFolder);
  }
  return `${pathFolder}${path.delimiter}${process.env.PATH}`;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It ended by itself in the meantime.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function killRun({ child, mark }: Run): void {
  if (child.pid !== undefined) killQuietly(-child.pid);
  for (const { pid } of markedProcesses(mark)) killQuietly(pid);
}

/** On Ctrl-C and SIGTERM ends every test file that is running, with all its processes, and then this program. */
export function killRunsOnSignals(): void {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    process.on(signal, () => {
      for (const run of running) {
        killRun(run);
        fs.rmSync(run.temporary, { recursive: true, force: true });
      }
      process.exit(code);
    });
  }
}

/** Waits until a run's processes and files are gone. @returns what stays */
async function leftBehind({ mark, temporary }: Run): Promise<string[]> {
  const deadline = Date.now() + goneWithinMilliseconds;
  const look = () => [
    ...markedProcesses(mark).map(({ pid, command }) => `left a process behind: ${pid} ${command}`),
    ...fs.readdirSync(temporary, { recursive: true }).map((name) => `left a file in the temporary folder: ${name}`),
  ];
  let left = look();
  // There is no event to wait for: the processes are no children of ours, and a killed program's sockets go with its guardian, which has no mark.
  while (left.length > 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    left = look();
  }
  return left;
}

/** How a test file's program ended. */
interface End {
  /** What is wrong with that, apart from an exit code. */
  problem: string | null;
  code: number | null;
}

/** Waits for the end of a test file's program; at the limit it is killed. */
function waitForEnd(run: Run): Promise<End> {
  const { child, mark } = run;
  return new Promise((resolve) => {
    const limit = setTimeout(() => {
      const processes = markedProcesses(mark).map(({ pid, command }) => `\n  ${pid} ${command}`).join("");
      resolve({ problem: `did not end within ${fileLimitSeconds} s, its processes were:${processes}\n`, code: null });
      killRun(run);
    }, fileLimitSeconds * 1000);
    const settle = (end: End) => {
      clearTimeout(limit);
      resolve(end);
    };
    child.on("error", (error) => settle({ problem: `could not be run: ${error.message}`, code: null }));
    child.on("exit", (code, signal) => settle({ problem: signal ? `was ended by ${signal}` : null, code }));
  });
}

const readIfThere = (file: string) => fs.existsSync(file) ? fs.readFileSync(file, "utf8") : null;

/** Where the report and the output of a run are kept; a copy of a file that runs at the same time has its own. */
function placeFor(runtime: Runtime, file: string, copy: string): { report: string; log: string } {
  const base = path.join(buildFolder, "runs", runtime.name, `${file.replace(/\W+/g, "_")}${copy}`);
  fs.mkdirSync(path.dirname(base), { recursive: true });
  const report = `${base}.report`;
  for (const old of [report, uncaughtFile(report)]) fs.rmSync(old, { force: true });
  return { report, log: `${base}.log` };
}

/** The file's report, with what its program's end says besides. */
function readReport(runtime: Runtime, file: string, end: End): Report {
  const { tests, problems } = runnerFor(runtime).read(readIfThere(file));
  const failed = tests.some((test) => test.state === "failed");
  const uncaught = readIfThere(uncaughtFile(file));
  if (uncaught !== null && !failed) problems.push(`threw outside of its tests: ${uncaught.trimEnd()}`);
  if (problems.length === 0 && tests.length === 0) problems.push("has no tests");
  if (end.problem !== null) problems.unshift(end.problem);
  if (end.code !== 0 && !failed && problems.length === 0) problems.push(`ended with exit code ${end.code}`);
  // One failure of the file, however many signs of it there are.
  return { tests, problems: problems.length > 0 ? [problems.join("; ")] : [] };
}

/** Runs a test file on a runtime. `copy` tells apart runs of the same file at the same time. */
export async function runFile(runtime: Runtime, file: string, copy = ""): Promise<FileResult> {
  const started = performance.now();
  const runner = runnerFor(runtime);
  const { report, log } = placeFor(runtime, file, copy);
  const mark = randomUUID();
  // A short name: socket paths have about 100 bytes.
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "fs-"));
  const logFile = fs.openSync(log, "w");
  const environment = plainEnvironment();
  // Node 20 reads the certificates at every start, which takes longer than the start itself; only these tests install something.
  if (!file.startsWith("tests/package/")) delete environment.NODE_EXTRA_CA_CERTS;
  const child = spawn(runtime.path, runner.args(file, report), {
    cwd: runner.cwd,
    // Children on Node start faster with it, and npm would keep such code in the temporary folder, which has to be empty at the end.
    env: {
      ...environment,
      NODE_COMPILE_CACHE: path.join(buildFolder, "compiled"),
      PATH: testPath(),
      [markVariable]: mark,
      TMPDIR: temporary,
      XDG_RUNTIME_DIR: temporary,
    },
    // A file, not a pipe: a process that is left behind would keep a pipe open.
    stdio: ["ignore", logFile, logFile],
    detached: true,
  });
  const run = { child, mark, temporary };
  running.add(run);
  const end = await waitForEnd(run);
  const left = await leftBehind(run);
  killRun(run);
  running.delete(run);
  fs.closeSync(logFile);

  const { tests, problems } = readReport(runtime, report, end);
  problems.push(...left);
  fs.rmSync(temporary, { recursive: true, force: true });
  const output = fs.readFileSync(log, "utf8");
  return { runtime: runtime.name, file, tests, problems, output, seconds: (performance.now() - started) / 1000 };
}
