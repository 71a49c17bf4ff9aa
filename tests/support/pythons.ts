/** The versions of CPython on this machine: those of pyenv, and those on PATH. @module */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The versions to test with. */
export const PYTHON_VERSIONS = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"] as const;

/** A version. */
export type PythonVersion = typeof PYTHON_VERSIONS[number];

function foldersOfPyenv(): string[] {
  const versions = path.join(process.env.PYENV_ROOT ?? path.join(os.homedir(), ".pyenv"), "versions");
  return fs.existsSync(versions) ? fs.readdirSync(versions).map((name) => path.join(versions, name, "bin")) : [];
}

function versionOf(command: string): string | null {
  const { status, stdout } = spawnSync(command, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

function findPythons(): Map<string, string> {
  const inPyenv = foldersOfPyenv().map((folder) => path.join(folder, "python3")).filter((file) => fs.existsSync(file));
  const found = new Map<string, string>();
  const look = (command: string) => {
    const version = versionOf(command);
    if (version !== null && !found.has(version)) found.set(version, command);
  };
  const missing = () => PYTHON_VERSIONS.filter((version) => !found.has(version));
  for (const command of inPyenv) look(command);
  // Each look starts a program.
  if (missing().length > 0) look("python3");
  for (const version of missing()) look(`python${version}`);
  return found;
}

const found = findPythons();

/** Why tests with a version are skipped; `false` where it is there. */
export function pythonVersionMissing(version: PythonVersion): string | false {
  return found.has(version) ? false : `there is no Python ${version} on the PATH or in pyenv`;
}

/** A version of CPython to test with. */
export interface Python {
  /** Such as `"3.11"`. */
  version: string;
  /** Its executable; `null` where there is none. */
  executable: string | null;
  /** Why its tests are skipped, or `false`. */
  skip: string | false;
}

/** Every version to test with, found or not: a test for each, skipped by name. */
export const pythons: readonly Python[] = PYTHON_VERSIONS.map((version) => (
  { version, executable: found.get(version) ?? null, skip: pythonVersionMissing(version) }
));

/** A Python program that runs. */
export interface RunningPython {
  /** The next line of its output; rejects when it ends without. */
  line(): Promise<string>;
  /** Ends it, if it has not ended. Resolves with its exit code. */
  end(): Promise<number | null>;
  /** Its end, and what it wrote to stderr. */
  readonly ended: Promise<{ code: number | null; stderr: string }>;
}

/** Starts a Python program with a version that is there. */
export function startPython(version: PythonVersion, program: URL, args: readonly string[]): RunningPython {
  const child: ChildProcess = spawn(found.get(version)!, ["-u", fileURLToPath(program), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => stderr += text);
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stderr }));
  });
  return {
    ended,
    async line() {
      const { done, value } = await lines.next();
      if (!done) return value;
      throw new Error(`Python ended without another line: ${JSON.stringify(await ended)}`);
    },
    async end() {
      child.kill("SIGKILL");
      return (await ended).code;
    },
  };
}
