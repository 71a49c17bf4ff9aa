/** Ctrl-C as an abort signal, so that whatever runs is ended in order. @module */
import { constants } from "node:os";
import process from "node:process";

/** The reason of the abort: which signal came. */
export class Interrupted extends Error {
  override name = "Interrupted";
  readonly signalName: NodeJS.Signals;

  constructor(signalName: NodeJS.Signals) {
    super(`Interrupted by ${signalName}`);
    this.signalName = signalName;
  }

  /** The exit code of a shell for a program that a signal ended. */
  get exitCode(): number {
    return 128 + constants.signals[this.signalName];
  }
}

/** Listens for the signals that end a program, until it is disposed. */
export interface Interruption {
  /** Aborted with an {@linkcode Interrupted}. */
  readonly signal: AbortSignal;
  dispose(): void;
}

const ending: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Starts listening, also for the end of whoever reads stdout. A signal that comes twice, from the terminal and from a parent that forwards it, counts once. */
export function interruption(): Interruption {
  const controller = new AbortController();
  const abort = (signalName: NodeJS.Signals) => controller.abort(new Interrupted(signalName));
  for (const name of ending) process.on(name, abort);
  // Nobody reads on, as in `demo | head`. Not taken back: more such errors follow the first.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    abort("SIGPIPE");
  });
  return {
    signal: controller.signal,
    dispose: () => ending.forEach((name) => process.off(name, abort)),
  };
}
