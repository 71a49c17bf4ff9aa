/** Runs programs of CPython, where there is one, to compare with it. @module */
import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The program itself: a command of pyenv takes longer to find it than it takes to start. */
const { status, stdout } = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" });

/** The `python3` of the PATH. */
export const python: string = status === 0 ? stdout.trim() : "python3";

/** Why tests that need `python3` are skipped; `false` where there is one. */
export const pythonMissing: string | false = status === 0 ? false : "there is no python3 on the PATH";

/** Runs a Python program to its end, and answers what it printed. Rejects when it fails. */
export function runPython(program: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(python, [fileURLToPath(program)], { timeout: 60_000 }, (error, stdout) => error ? reject(error) : resolve(stdout));
  });
}
