/** Subprocesses, on `node:child_process`, which behaves alike on the three runtimes. @module */
import fs from "node:fs";
import process from "node:process";
import { type ChildProcess, execFile, spawn as nodeSpawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ExitStatus, RuntimeName, Subprocess, SubprocessOptions } from "../types.ts";
import { foreignDenoFlags } from "./flags.ts";
import { childEntry, type Envelope, LAUNCH_KEY } from "./launch.ts";
import { entryUrl } from "./main_module.ts";
import { requireSignalName, signalNumber } from "./signals.ts";
import { socketFolder } from "./socket_folder.ts";
import { bytesIn, bytesOut } from "./streams.ts";

/** What the running runtime knows about starting another process of itself. */
export interface SpawnTraits {
  name: RuntimeName;
  /** The flags of this process that a child of the same runtime should have. */
  ownFlags(): string[];
}

/** Starts a subprocess that runs the child entry. Rejects when it cannot be started. */
export async function spawn(options: SubprocessOptions, own: SpawnTraits): Promise<Subprocess> {
  const target = options.runtime ?? own.name;
  const execPath = options.execPath ?? (target === own.name ? process.execPath : target);
  const entry = options.entry ?? childEntry();
  if (options.cwd !== undefined && !fs.existsSync(options.cwd)) {
    throw new Error(`Cannot start a ${target} process: its working folder must exist, received ${options.cwd}`);
  }
  if (target === "node") await checkNodeRuns(entry, execPath);
  const flags = target === own.name ? own.ownFlags() : target === "deno" ? foreignDenoFlags(entryUrl()) : [];
  const launch: Envelope = { launch: options.launch, folder: socketFolder(), program: entryUrl(), flags };
  const child = nodeSpawn(execPath, commandLine(target, options.execArgv ?? flags, entry), {
    env: { ...process.env, ...options.env, [LAUNCH_KEY]: JSON.stringify(launch) },
    cwd: options.cwd,
    detached: options.detached,
    stdio: [options.stdin, options.stdout, options.stderr],
    windowsHide: true,
  });
  await started(child, target, execPath);
  return subprocess(child);
}

function commandLine(target: RuntimeName, flags: readonly string[], entry: URL): string[] {
  const program = entry.protocol === "file:" ? fileURLToPath(entry) : entry.href;
  if (target === "deno") return ["run", "-A", "--no-prompt", ...flags, program];
  return [...flags, program];
}

/** Settles when the system has started the process, or says that it cannot. */
function started(child: ChildProcess, target: RuntimeName, execPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? new Error(`Cannot start a ${target} process: no executable ${execPath} was found`) : error);
    };
    child.once("error", fail);
    if (child.pid === undefined) return;
    child.off("error", fail);
    resolve();
  });
}

function subprocess(child: ChildProcess): Subprocess {
  const streams = [child.stdin, child.stdout, child.stderr] as unknown as ({ ref?(): void; unref?(): void } | null)[];
  let running = true;
  child.once("exit", () => running = false);
  // A stream or signal that fails is reported here too; the exit tells what became of the process.
  child.on("error", () => {});
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once("close", (code, signal) => resolve({ exitcode: signal === null ? code ?? 0 : -signalNumber(signal) }));
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
    version = promisify(execFile)(execPath, ["--version"]).then(
      ({ stdout }) => stdout.trim().replace(/^v/, ""),
      (error: NodeJS.ErrnoException) => {
        nodeVersions.delete(execPath);
        if (error.code !== "ENOENT") throw error;
        throw new Error(`Cannot start a node process: no executable ${execPath} was found`);
      },
    );
    nodeVersions.set(execPath, version);
  }
  return version;
}
