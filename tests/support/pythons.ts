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

/** Those of pyenv, whose folders tell the version: to ask each costs a start. */
function findInPyenv(): Map<string, string> {
  const versions = path.join(process.env.PYENV_ROOT ?? path.join(os.homedir(), ".pyenv"), "versions");
  const found = new Map<string, string>();
  for (const name of fs.existsSync(versions) ? fs.readdirSync(versions) : []) {
    const file = path.join(versions, name, "bin", "python3");
    const version = /^(\d+\.\d+)\.\d+$/.exec(name)?.[1];
    if (version !== undefined && fs.existsSync(file)) found.set(version, file);
  }
  return found;
}

function versionOf(command: string): string | null {
  const { status, stdout } = spawnSync(command, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

function findPythons(): Map<string, string> {
  const found = findInPyenv();
  const look = (command: string) => {
    const version = versionOf(command);
    if (version !== null && !found.has(version)) found.set(version, command);
  };
  const missing = () => PYTHON_VERSIONS.filter((version) => !found.has(version));
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
  /** Writes a line of JSON to its input. */
  tell(command: unknown): void;
  /** The next line of its output; rejects when it ends without. */
  line(): Promise<string>;
  /** Ends its input. */
  endInput(): void;
  /** Ends it, if it has not ended. */
  kill(): void;
  /** Its end, and what it wrote to stderr. */
  readonly ended: Promise<{ code: number | null; stderr: string }>;
}

/** Starts a Python program with a version that is there. */
function startPython(version: PythonVersion, program: URL): RunningPython {
  const child: ChildProcess = spawn(found.get(version)!, ["-u", fileURLToPath(program)], { stdio: "pipe" });
  let stderr = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => stderr += text);
  // Its end is what the lines tell of.
  child.stdin!.on("error", () => {});
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stderr }));
  });
  return {
    ended,
    tell: (command) => void child.stdin!.write(`${JSON.stringify(command)}\n`),
    endInput: () => void child.stdin!.end(),
    kill: () => void child.kill("SIGKILL"),
    async line() {
      const { done, value } = await lines.next();
      if (!done) return value;
      throw new Error(`Python ended without another line: ${JSON.stringify(await ended)}`);
    },
  };
}

/**
 * A Python that goes through one command after the other, so that not each costs a start: lines of JSON on its input, each answered by
 * lines of which the last is `"."`. It is started by the first command, and again when one has failed or is still under way: what a command
 * does to it harms no other.
 */
export class PythonPeer {
  readonly #version: PythonVersion;
  readonly #program: URL;
  #idle: RunningPython | null = null;

  /** @param program Where the loop over the commands is. */
  constructor(version: PythonVersion, program: URL) {
    this.#version = version;
    this.#program = program;
  }

  /** Gives it a command, and waits until it has done it and `use` is done, which may read lines other than the last. */
  async run<T>(command: unknown, use: (python: RunningPython) => Promise<T>): Promise<T> {
    const python = this.#idle ?? startPython(this.#version, this.#program);
    this.#idle = null;
    try {
      python.tell(command);
      const result = await use(python);
      while (await python.line() !== ".");
      this.#idle = python;
      return result;
    } catch (error) {
      python.kill();
      await python.ended;
      throw error;
    }
  }

  /** Ends it. What it wrote to stderr; `""` as well where it does not run. */
  async end(): Promise<string> {
    const python = this.#idle;
    this.#idle = null;
    python?.endInput();
    return (await python?.ended)?.stderr ?? "";
  }
}
