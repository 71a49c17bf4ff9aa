/** Runs a program on the runtime that runs the tests: a real main program, with its own arguments, output and end. @module */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The suffix of modules where the tests run: `.ts` in the repository, `.js` where they are laid out inside the npm package. */
export const moduleSuffix: string = import.meta.url.slice(import.meta.url.lastIndexOf("."));

/** How a program is run. */
export interface ProgramOptions {
  /** Set on top of this environment; `undefined` removes a name. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** The program is an executable of its own. */
  executable?: boolean;
  /** Flags for the runtime. On Deno they come in place of `--allow-all`. */
  execArgv?: string[];
  /** How many files it may have open. */
  openFiles?: number;
  /** Milliseconds until the program and its process group are killed and the result rejects. Default: a minute. Reached only by a deadlock. */
  timeout?: number;
}

/** How a program ended. */
export interface ProgramResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A program that runs, in a process group of its own. */
export interface RunningProgram {
  readonly pid: number;
  /** Resolves with everything on stdout so far when that matches; rejects when the program ends without. */
  printed(pattern: RegExp): Promise<string>;
  /** Sends a signal to the whole process group, as a terminal does on Ctrl-C. */
  signalGroup(signal: NodeJS.Signals): void;
  /** Its end: when it has exited and nothing holds its output open any more, so also no child that inherited it. */
  readonly ended: Promise<ProgramResult>;
}

/** The arguments of this runtime that come before the program. */
function runtimeArguments(execArgv: string[] | undefined): string[] {
  return process.versions.deno === undefined ? execArgv ?? [] : ["run", "--quiet", ...execArgv ?? ["--allow-all"]];
}

/** Starts a program. */
export function startProgram(program: URL | string, args: string[] = [], options: ProgramOptions = {}): RunningProgram {
  const path = typeof program === "string" ? program : fileURLToPath(program);
  const limit = options.openFiles === undefined ? [] : ["/bin/sh", "-c", `ulimit -n ${options.openFiles}; exec "$@"`, "sh"];
  const command = [...limit, ...options.executable ? [path] : [process.execPath, ...runtimeArguments(options.execArgv), path]];
  const child = spawn(command[0]!, [...command.slice(1), ...args], {
    cwd: options.cwd,
    // A program under test is no test: Node's runner must not take it for one.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, FORCE_COLOR: undefined, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const signalGroup = (signal: NodeJS.Signals) => void (child.pid !== undefined && process.kill(-child.pid, signal));
  const output = { stdout: "", stderr: "" };
  const ended = endOf(child, output, () => signalGroup("SIGKILL"), options.timeout ?? 60_000);
  child.stdout!.setEncoding("utf8").on("data", (text: string) => output.stdout += text);
  child.stderr!.setEncoding("utf8").on("data", (text: string) => output.stderr += text);
  return { pid: child.pid ?? 0, ended, signalGroup, printed: (pattern) => printed(child, output, pattern) };
}

/** Runs a program to its end. */
export function runProgram(program: URL | string, args: string[] = [], options: ProgramOptions = {}): Promise<ProgramResult> {
  return startProgram(program, args, options).ended;
}

function endOf(child: ChildProcess, output: { stdout: string; stderr: string }, kill: () => void, timeout: number): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      reject(new Error(`The program did not end within ${timeout} ms\nstdout: ${output.stdout}\nstderr: ${output.stderr}`));
      kill();
    }, timeout);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, ...output });
    });
  });
}

function printed(child: ChildProcess, output: { stdout: string; stderr: string }, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => pattern.test(output.stdout) && resolve(output.stdout);
    child.stdout!.on("data", look);
    child.on(
      "close",
      () => reject(new Error(`The program ended without printing ${pattern}\nstdout: ${output.stdout}\nstderr: ${output.stderr}`)),
    );
    look();
  });
}
