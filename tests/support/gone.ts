/** Waits for the end of a process that is no child of this one: there is no event for it, so it looks again and again. */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** Resolves when no process has this pid; a test's own timeout is the limit. */
export async function waitUntilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(20);
  }
}
