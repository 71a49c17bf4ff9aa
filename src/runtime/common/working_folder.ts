/** A working folder that somebody has removed while the program is in it. @module */
import process from "node:process";
import { ProcessError } from "../../base/errors.ts";
import type { RuntimeName } from "../types.ts";
import { node } from "./builtins.ts";

/**
 * To be called where the runtime would start in the working folder of this program: threads of Deno and Node, and processes of Deno, end at once in one that
 * is gone, and some tell it to nobody.
 *
 * @param what `"a thread"`, for the message. @throws {ProcessError} when the folder was removed.
 */
export function requireWorkingFolder(what: string, own: RuntimeName): void {
  try {
    // Node remembers the name. Deno would ask the user for the permission to look at it.
    if (own === "node") node.fs.realpathSync.native(".");
    else process.cwd();
  } catch (error) {
    if (!isGone(error)) return; // It may not be looked at, but it is there.
    throw new ProcessError(
      `Cannot start ${what}: the working folder of this process was removed\nChange to another one before: process.chdir("/")`,
      { cause: error },
    );
  }
}

/** The working folder; `null` when it was removed and this runtime does not remember its name. */
export function workingFolder(): string | null {
  try {
    return process.cwd();
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
