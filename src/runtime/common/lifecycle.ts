/** How a unit stays alive, ends, and learns of its errors. @module */
import process from "node:process";
import timers from "node:timers";

/** The longest delay a timer takes. */
const LONGEST_TIMER = 2 ** 31 - 1;

let holders = 0;
let handle: ReturnType<typeof setInterval> | undefined;

/** Keeps the program alive until the returned function is called. One handle serves all who ask. */
export function keepAlive(): () => void {
  let held = true;
  // A timer that does nothing is the one handle that holds every runtime, threads included.
  if (holders++ === 0) handle = setInterval(() => {}, LONGEST_TIMER);
  return () => {
    if (!held) return;
    held = false;
    if (--holders === 0) clearInterval(handle);
  };
}

/** A timer that does not keep the program alive; the returned function withdraws it. */
export function backgroundTimer(ms: number, fire: () => void): () => void {
  const timer = timers.setTimeout(fire, ms);
  timer.unref();
  return () => timers.clearTimeout(timer);
}

/** Ends this unit: the process, or only the thread that calls. */
export function exit(code: number): never {
  return process.exit(code);
}

/** The code that the program chose for its end without ending there; 0 when it did not. */
export function exitCode(): number {
  return Number(process.exitCode ?? 0) & 0xff;
}

/** Runs at an orderly exit of this unit, a thread too; synchronous work only. */
export function onExit(handler: () => void): void {
  let ran = false;
  const once = () => {
    if (ran) return;
    ran = true;
    handler();
  };
  process.on("exit", once);
  // `deno test` ends without "exit". Node has no such event and, in some versions, no global to listen on.
  (globalThis as { addEventListener?: (type: string, listener: () => void) => void }).addEventListener?.("unload", once);
}

/** Gives uncaught errors and unhandled rejections of this unit to a handler. */
export function onUncaught(handler: (error: unknown) => void): void {
  process.on("uncaughtException", (error) => handler(error));
  process.on("unhandledRejection", (reason) => handler(reason));
}
