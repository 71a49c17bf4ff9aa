/** Code that never gives up its thread. */
import process from "node:process";
import { isMainThread } from "node:worker_threads";

/**
 * Holds the thread for ever: its event loop has no more turns. A process sleeps, which to signals is the same and leaves the cores to the rest of the test.
 * A thread computes, because stopping it is another matter then, but on Deno (2.9), which cannot end one that does.
 */
export function holdThread(): never {
  const asleep = isMainThread || process.versions.deno !== undefined;
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    if (asleep) Atomics.wait(never, 0, 0);
  }
}
