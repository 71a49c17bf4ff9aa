/** Waits for what other units leave in files. A watcher would tell of it sooner, but drops events: those of before it began, and on Bun some of one millisecond. */
import { setTimeout as sleep } from "node:timers/promises";

/** Looks again and again until something is there, and gives it; a test's own timeout is the limit. */
export async function until<T>(look: () => T | null | undefined | false): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== null && found !== undefined && found !== false) return found;
    await sleep(10);
  }
}
