/** The versions of CPython on this machine. @module */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** The versions that the library talks to. */
const versions = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"] as const;

/** A version of CPython to test with. */
export interface Python {
  /** Such as `"3.11"`. */
  version: string;
  /** Its executable; `null` where there is none. */
  executable: string | null;
  /** Why its tests are skipped, or `false`. */
  skip: string | false;
}

/** Executables that pyenv has installed, by version: its shims refuse a version that is not switched on. */
function installedByPyenv(): Map<string, string> {
  const found = new Map<string, string>();
  for (const root of [process.env.PYENV_ROOT, join(homedir(), ".pyenv")]) {
    const folder = root === undefined ? "" : join(root, "versions");
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      const version = /^(3\.\d+)\.\d+$/.exec(name)?.[1];
      const executable = join(folder, name, "bin", "python3");
      if (version !== undefined && !found.has(version) && existsSync(executable)) found.set(version, executable);
    }
  }
  return found;
}

function versionOf(executable: string): string | undefined {
  const { stdout, error } = spawnSync(executable, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], { encoding: "utf8" });
  return error === undefined ? stdout.trim() : undefined;
}

function findPythons(): Python[] {
  const found = installedByPyenv();
  for (const name of ["python3", ...versions.map((version) => `python${version}`)]) {
    const version = versionOf(name);
    if (version !== undefined && !found.has(version)) found.set(version, name);
  }
  return versions.map((version) => {
    const executable = found.get(version) ?? null;
    return { version, executable, skip: executable === null ? `there is no Python ${version} on this machine` : false };
  });
}

/** Every version from 3.8 to 3.13, found or not: a test for each, skipped by name. */
export const pythons: readonly Python[] = findPythons();
