/** What a thread does. @module */
import { ProcessError } from "../base/errors.ts";
import { runAsTarget } from "../reference/importing.ts";
import type { ServiceMain } from "../process/service.ts";
import { becomeCurrentThread } from "./current_thread.ts";
import { checkThreadProgram } from "./program.ts";
import { Thread } from "./thread.ts";
import { Timer } from "./timer.ts";

/** Runs a Thread, or a subclass of it. */
export const threadMain: ServiceMain = (_channel, data) => runThread(Thread.prototype, data);

/** Runs a Timer. */
export const timerMain: ServiceMain = (_channel, data) => runThread(Timer.prototype, data);

async function runThread(library: object, data: unknown): Promise<void> {
  const program = checkThreadProgram(data);
  const prototype = program.class?.prototype ?? library;
  if (prototype !== Thread.prototype && !(prototype instanceof Thread)) {
    throw new ProcessError("Cannot run a thread: its class is no subclass of Thread here");
  }
  const self = becomeCurrentThread(prototype, program);
  await runAsTarget(() => self.run());
}
