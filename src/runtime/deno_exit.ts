/** How a thread of Deno ends. @module */
import process from "node:process";
import { isMainThread } from "node:worker_threads";
import { exit as exitProcess } from "./common/lifecycle.ts";

/**
 * Ends this unit: the process, or only the thread that calls. In a thread `process.exit()` waits for its end in a loop, which nothing stops any more when the
 * thread's owner has just terminated it (Deno 2.9): it would use a core until the program ends. A thread that is closed ends in either case, but in that one
 * only after the code that runs: this returns then.
 */
export function exit(code: number): never {
  if (isMainThread) return exitProcess(code);
  process.exitCode = code;
  process.emit("exit", code);
  (globalThis as unknown as { close(): void }).close();
  return undefined as never;
}
