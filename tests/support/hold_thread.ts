/** Code that never gives up its thread. */
import process from "node:process";
import { isMainThread } from "node:worker_threads";

/**
 * Holds the thread for ever. Deno (2.9) cannot end a thread that computes: it would take a core from the rest of the test file, so there the thread sleeps
 * instead, which leaves its event loop no turn either.
 */
export function holdThread(): never {
  const asleep = process.versions.deno !== undefined && !isMainThread;
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    if (asleep) Atomics.wait(never, 0, 0);
  }
}
