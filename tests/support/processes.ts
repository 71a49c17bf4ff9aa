/**
 * Finds the processes that a test run started, by a mark in their environment: it is inherited by every descendant,
 * also by those in a session of their own and those whose parent is gone.
 */
import fs from "node:fs";

/** The name of the environment variable that marks one run; its value is a UUID. Not one of the library's own, whose tests look for those. */
export const markVariable = "TEST_RUN_MARK";

/** A running process. */
export interface FoundProcess {
  pid: number;
  command: string;
}

function readIfThere(path: string): string {
  try {
    return fs.readFileSync(path, "latin1");
  } catch (error) {
    // The process ended while we looked (ENOENT, ESRCH), or belongs to somebody else (EACCES, EPERM): not one of ours either way.
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
}

/** Every running process with this mark. Zombies have no environment any more and do not count; without `/proc` nothing is found. */
export function markedProcesses(mark: string): FoundProcess[] {
  if (!fs.existsSync("/proc/self/environ")) return [];
  return fs.readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => readIfThere(`/proc/${name}/environ`).split("\0").includes(`${markVariable}=${mark}`))
    .map((name) => ({ pid: Number(name), command: readIfThere(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim() }));
}
