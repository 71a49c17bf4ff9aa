/** Runs programs of CPython, where there is one, to compare with it. @module */
import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Why tests that need `python3` are skipped; `false` where there is one. */
export const pythonMissing: string | false = spawnSync("python3", ["--version"]).status === 0 ? false : "there is no python3 on the PATH";

/** Runs a Python program to its end, and answers what it printed. Rejects when it fails. */
export function runPython(program: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("python3", [fileURLToPath(program)], { timeout: 60_000 }, (error, stdout) => error ? reject(error) : resolve(stdout));
  });
}
