/** A progress bar for a person; nothing where nobody watches. @module */
import { Presets, SingleBar } from "cli-progress";
import process from "node:process";

/** Shows how far a job is. */
export interface Progress {
  update(done: number): void;
  /** Removes the bar and shows the cursor again. */
  stop(): void;
}

/** A bar on stderr when that is a terminal. It appears with the first update. */
export function progressBar(title: string, total: number): Progress {
  if (!process.stderr.isTTY) return { update() {}, stop() {} };
  const format = `${title} {bar} {percentage} % | {value} of {total} files | {eta} s left`;
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: true }, Presets.shades_classic);
  return {
    update(done) {
      if (bar.isActive) bar.update(done);
      else bar.start(total, done);
    },
    stop: () => bar.stop(),
  };
}
