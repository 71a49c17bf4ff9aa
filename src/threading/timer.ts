/** `Timer`: a thread that waits first. @module */
import { timeoutOf } from "../base/deadline.ts";
import { checkOptions } from "../process/options.ts";
import { Event } from "../sync/event.ts";
import { Thread } from "./thread.ts";

/**
 * A thread that calls a function after an interval, unless it is cancelled first. The same as Python's `threading.Timer`.
 *
 * - The interval runs from the moment at which the thread has started, and is no promise: the function is not called earlier.
 * - `cancel()` ends the thread while it waits. Once the function has begun, it does nothing.
 * - It is a thread in all other respects: `name`, `daemon`, `join()`, and an uncaught error, see {@linkcode Thread}.
 *
 * *Differs from Python*: the interval is in **milliseconds**, like every time in this library (`Timer(30.0, f)` is `new Timer(30_000, f)`);
 * the function runs in a worker, with copies of its arguments. To run something later in this same thread use `setTimeout`.
 *
 * @example
 * ```ts
 * import { isMain, Queue } from "@fenshen/multiprocessing";
 * import { Timer } from "@fenshen/multiprocessing/threading";
 * import assert from "node:assert/strict";
 *
 * export const ring = (queue: Queue<string>, text: string) => queue.put(text);
 *
 * if (isMain(import.meta)) {
 *   const queue = new Queue<string>();
 *   const never = new Timer(60_000, ring, [queue, "too late"]);
 *   const soon = new Timer(10, ring, [queue, "wake up"]);
 *   await Promise.all([never.start(), soon.start()]);
 *   assert.equal(await queue.get(), "wake up");
 *   await never.cancel();
 *   await Promise.all([never.join(), soon.join()]);
 *   assert.equal(await queue.empty(), true);
 * }
 * ```
 *
 * Python: `threading.py`, `Timer`.
 */
export class Timer<A extends readonly unknown[] = readonly unknown[]> extends Thread {
  /** Milliseconds to wait. */
  interval: number;
  /** What is called. */
  // deno-lint-ignore no-explicit-any -- the return value is dropped, and a method may return anything
  function: (...args: A) => any;
  /** What it is called with. */
  args: A;
  /** Set when the function has run, or was cancelled. */
  finished: Event;

  /**
   * Prepares a timer; it begins to wait with `start()`.
   *
   * @param interval Milliseconds; 0 or negative: none, `Infinity`: until it is cancelled.
   * @param fn What to call. It travels by reference, see `task()`.
   * @param args Its arguments. Default: none.
   * @throws {TypeError} the interval is no number, `fn` no function, or `args` no iterable.
   */
  // deno-lint-ignore no-explicit-any -- as above
  constructor(interval: number, fn: (...args: A) => any, args?: Readonly<NoInfer<A>>) {
    super(undefined, { service: "timer", run: Timer.prototype.run });
    if (typeof interval !== "number" || Number.isNaN(interval)) {
      throw new TypeError(`Cannot make a Timer: interval must be a number of milliseconds, received ${String(interval)}`);
    }
    if (typeof fn !== "function") throw new TypeError(`Cannot make a Timer: the function must be a function, received ${typeof fn}`);
    checkOptions({ args: args ?? [] }, "Timer");
    this.interval = timeoutOf(interval);
    this.function = fn;
    this.args = [...args ?? []] as unknown as A;
    this.finished = new Event();
  }

  /** Cancels it, if it still waits. Idempotent; also before the start. Once it has resolved, no interval that ends later calls the function. */
  async cancel(): Promise<void> {
    await this.finished.set();
  }

  /** Waits, then calls the function unless it was cancelled. */
  override async run(): Promise<void> {
    if (await this.finished.wait({ timeout: this.interval })) return;
    await this.function(...this.args);
    await this.finished.set();
  }
}
