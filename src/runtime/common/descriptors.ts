/** How many files this process may still open. @module */
import process from "node:process";
import { ProcessError } from "../../base/errors.ts";
import { node } from "./builtins.ts";
import { socketFolder } from "./socket_folder.ts";

/**
 * Opens so many files and closes them again: a listener that can open no more tells nobody on Bun and Deno, and who has connected to it waits for ever.
 *
 * @throws {ProcessError} when the limit of the process or of the system does not let it.
 */
export function requireDescriptors(count: number): void {
  // Readable for every program that may have processes; Windows has no such limit.
  const readable = socketFolder();
  if (readable === null) return;
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(node.fs.openSync(readable, "r"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EMFILE" && code !== "ENFILE") return; // Who uses the folder tells what is wrong with it.
    const who = code === "EMFILE" ? `process ${process.pid}` : "the system";
    throw new ProcessError(
      `Cannot start a process: ${who} has too many files open for one child more\nRaise the limit (ulimit -n), or have fewer children at a time`,
      { cause: error },
    );
  } finally {
    for (const descriptor of opened) node.fs.closeSync(descriptor);
  }
}
