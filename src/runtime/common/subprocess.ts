/** Subprocesses, on `node:child_process`, which behaves alike on the three runtimes. @module */
import path from "node:path";
import process from "node:process";
import type { ChildProcess } from "node:child_process";
import { ProcessError } from "../../base/errors.ts";
import type { ExitStatus, RuntimeName, Subprocess, SubprocessOptions } from "../types.ts";
import { node } from "./builtins.ts";
import { commandFor, executableOf, type SpawnTraits } from "./command_line.ts";
import { requireDeno } from "./grants.ts";
import { type Envelope, LAUNCH_KEY } from "./launch.ts";
import { ranOutOfMemory, requireLimits } from "./limits.ts";
import { entryUrl } from "./main_module.ts";
import { childEntry } from "./packaging.ts";
import { requireSignalName, signalNumber } from "./signals.ts";
import { newLocalAddress, openSockets, pathsOf, socketFolder } from "./socket_folder.ts";
import { bytesIn, bytesOut } from "./streams.ts";
import { requireWorkingFolder } from "./working_folder.ts";

/** How many addresses of its own a child gets that may listen nowhere else. */
const OWN_ADDRESSES = 4;

/** Starts a subprocess that runs the child entry. Rejects when it cannot be started. */
export async function spawn(options: SubprocessOptions, own: SpawnTraits): Promise<Subprocess> {
  const target = options.runtime ?? own.name;
  const execPath = executableOf(options, own.name);
  const program = entryUrl();
  const { permissions, resourceLimits } = options;
  if (permissions !== undefined) requireDeno(target, options.execArgv);
  if (resourceLimits !== undefined) requireLimits("process", target, resourceLimits);
  const entry = options.entry ?? childEntry(program);
  if (options.cwd !== undefined && !node.fs.existsSync(options.cwd)) {
    throw new Error(`Cannot start a ${target} process: its working folder must exist, received ${options.cwd}`);
  }
  if (target === "deno" && options.cwd === undefined) requireWorkingFolder("a deno process", own.name);
  if (target === "node") await checkNodeRuns(entry, execPath);
  const addresses = permissions === undefined ? [] : Array.from({ length: OWN_ADDRESSES }, newLocalAddress);
  const sockets = permissions === undefined ? [] : [...openSockets(), ...addresses, ...options.peers ?? []];
  const needs = { entry, modules: options.modules ?? [], folder: socketFolder() ?? "", sockets };
  const { words, flags } = commandFor(options, needs, program, own);
  if (words[0] !== execPath) requireExecutable(target, execPath);
  const launch: Envelope = { launch: options.launch, folder: socketFolder(), program, flags, addresses: pathsOf(addresses) };
  const child = node.childProcess.spawn(words[0]!, words.slice(1), {
    env: { ...forChildren(process.env), ...options.env, [LAUNCH_KEY]: JSON.stringify(launch) },
    cwd: options.cwd,
    detached: options.detached,
    stdio: [options.stdin, options.stdout, options.stderr],
    windowsHide: true,
  });
  await started(child, target, execPath);
  return subprocess(child, (exitcode) => ranOutOfMemory(target, resourceLimits, exitcode));
}

/** The environment without the debugger's address, at which only one process can listen: a Bun that cannot ends with 1. Flags are held back for the same reason. */
function forChildren(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("BUN_INSPECT")));
}

/** Settles when the system has started the process, or says that it cannot. */
function started(child: ChildProcess, target: RuntimeName, execPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(whyNotStarted(target, execPath, error));
    child.once("error", fail);
    if (child.pid === undefined) return;
    child.off("error", fail);
    resolve();
  });
}

function whyNotStarted(target: RuntimeName, execPath: string, error: NodeJS.ErrnoException): Error {
  if (error.code === "ENOENT") return notFound(target, execPath);
  if (error.code === "EAGAIN") {
    return new ProcessError(
      `Cannot start a ${target} process: the system lets this user have no more processes and threads\nRaise the limit (ulimit -u), or have fewer at a time`,
      { cause: error },
    );
  }
  if (error.code !== "EACCES") return error;
  return new ProcessError(`Cannot start a ${target} process: ${execPath} must be a program that this user may run`, { cause: error });
}

function notFound(target: RuntimeName, execPath: string): ProcessError {
  const where = /[\\/]/.test(execPath) ? "" : ` on PATH (${process.env.PATH ?? "not set"})`;
  return new ProcessError(
    `Cannot start a ${target} process: no executable ${execPath} was found${where}\nInstall it, or say where it is:\n` +
      `  mp.getContext("spawn", { runtime: "${target}", execPath: "/path/to/${target}" })`,
  );
}

/** A shell that should become the executable would only tell by an exit code that there is none. */
function requireExecutable(target: RuntimeName, execPath: string): void {
  const folders = execPath.includes("/") ? [""] : (process.env.PATH ?? "").split(path.delimiter);
  const found = folders.some((folder) => {
    try {
      node.fs.accessSync(path.join(folder, execPath), node.fs.constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder, or not for us.
    }
  });
  if (!found) throw notFound(target, execPath);
}

function subprocess(child: ChildProcess, outOfMemory: (exitcode: number) => boolean): Subprocess {
  const streams = [child.stdin, child.stdout, child.stderr] as unknown as ({ ref?(): void; unref?(): void } | null)[];
  let running = true;
  child.once("exit", () => running = false);
  // A stream or signal that fails is reported here too; the exit tells what became of the process.
  child.on("error", () => {});
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once("close", (code, signal) => {
      const exitcode = signal === null ? code ?? 0 : -signalNumber(signal);
      resolve(outOfMemory(exitcode) ? { exitcode, outOfMemory: true } : { exitcode });
    });
  });
  return {
    pid: child.pid!,
    stdin: child.stdin && bytesOut(child.stdin),
    stdout: child.stdout && bytesIn(child.stdout),
    stderr: child.stderr && bytesIn(child.stderr),
    exited,
    kill(signal) {
      const name = requireSignalName(signal);
      if (running) sendSignal(child.pid!, name);
    },
    ref() {
      child.ref();
      for (const stream of streams) stream?.ref?.();
    },
    unref() {
      child.unref();
      for (const stream of streams) stream?.unref?.();
    },
  };
}

/** Deno's `child.kill()` reports the signal as the end of the process, even when the process handled it and exited by itself. */
function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // Else it has just ended; its exit is on the way.
  }
}

const nodeVersions = new Map<string, Promise<string>>();

/** Node runs TypeScript from 22.18 on. @throws {Error} when this Node cannot run the entry. */
async function checkNodeRuns(entry: URL, execPath: string): Promise<void> {
  if (entry.protocol !== "file:") {
    throw new Error(`Cannot start a node process: the library must be installed in a folder, received ${entry.href}`);
  }
  if (!entry.pathname.endsWith(".ts")) return;
  const version = await nodeVersion(execPath);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 && (major !== 23 || minor >= 6) || (major === 22 && minor >= 18)) return;
  throw new Error(`Cannot start a node process: TypeScript sources need Node 22.18 or later, received Node ${version} (${execPath})`);
}

function nodeVersion(execPath: string): Promise<string> {
  if (execPath === process.execPath) return Promise.resolve(process.versions.node);
  let version = nodeVersions.get(execPath);
  if (!version) {
    version = node.util.promisify(node.childProcess.execFile)(execPath, ["--version"]).then(
      ({ stdout }) => stdout.trim().replace(/^v/, ""),
      (error: NodeJS.ErrnoException) => {
        nodeVersions.delete(execPath);
        throw whyNotStarted("node", execPath, error);
      },
    );
    nodeVersions.set(execPath, version);
  }
  return version;
}
