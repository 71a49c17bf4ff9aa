/** A task in its worker: what `currentTask()` gives. @module */
import { currentWork } from "../reference/importing.ts";
import { encodeValue } from "../reference/value.ts";
import { scopesHere } from "../runtime/scope.ts";
import { audienceOfWorker } from "./audience.ts";

/** What a Pool task knows about itself; see {@linkcode currentTask}. */
export interface CurrentTask {
  /**
   * Aborted, with the reason, when nobody wants the task any more: its call was aborted or is out of time. Where the worker is not done with the task within
   * the call's `grace`, it is killed. A task that computes without a break cannot notice. `terminate()` of the pool ends the worker without it.
   */
  readonly signal: AbortSignal;
  /**
   * Sends a value to the caller, whose `onReport` gets it with the number of the item, before the item's result and in the order of the reports. Without an
   * `onReport`, and after the task has ended, the value is dropped. It is encoded in this call and leaves at once, also where the task computes without a
   * break; there is no backpressure.
   *
   * @throws {SerializationError} when the value cannot travel. What has to be looked for first, such as a function, fails the task instead.
   */
  report(value: unknown): void;
}

/** Where reports go. */
export interface ReportSink {
  report(item: number, value: Uint8Array): void;
}

/** Whether anybody in this unit has ever asked for the current task. */
let inUse = false;

/** One item of a task while its function runs. */
export class RunningTask implements CurrentTask {
  readonly #sink: ReportSink;
  #item = 0;
  #over = false;
  /** Made when the task asks for its signal. */
  #abort: AbortController | null = null;
  /** Calls in the scopes of the code that asked: its listeners are code of the task too. */
  #inTask: (fn: () => void) => void = (fn) => fn();
  #cancelled: { reason: unknown } | null = null;
  /** Reports that are still being encoded. Rejects with the first that cannot travel. */
  #unsent: Promise<void> | null = null;

  /** @param sink Where reports go. */
  constructor(sink: ReportSink) {
    this.#sink = sink;
  }

  get signal(): AbortSignal {
    if (this.#abort === null) {
      this.#abort = new AbortController();
      this.#inTask = scopesHere();
      if (this.#cancelled !== null) this.#abort.abort(this.#cancelled.reason);
    }
    return this.#abort.signal;
  }

  report(value: unknown): void {
    if (this.#over) return;
    const encoded = encodeValue(value, "report", undefined, audienceOfWorker());
    const item = this.#item;
    if (this.#unsent === null && encoded instanceof Uint8Array) return this.#sink.report(item, encoded);
    this.#unsent = Promise.all([encoded, this.#unsent]).then(([bytes]) => {
      // Code that the task left behind may have reported while its last reports were waited for.
      if (!this.#over) this.#sink.report(item, bytes);
    });
    this.#unsent.catch(() => {}); // Whoever waits for `reported()` gets it.
  }

  /** Settles when every report has been sent; `null` when all have. Rejects when one could not travel. */
  get unsent(): Promise<void> | null {
    return this.#unsent;
  }

  /** Whether the function still runs. */
  get isOver(): boolean {
    return this.#over;
  }

  /** The function has ended. */
  end(): void {
    this.#over = true;
  }

  /**
   * Becomes the next item, unless somebody may hold on to this one. Entering a scope costs half a microsecond, which chunks of small items would notice, so
   * the items of a chunk share one until somebody has asked for the current task.
   *
   * @return The task to go on with; another one needs a scope of its own.
   */
  next(item: number): RunningTask {
    const next = inUse ? new RunningTask(this.#sink) : this;
    next.#item = item;
    next.#over = false;
    return next;
  }

  /** Nobody wants it any more. */
  cancel(reason: unknown): void {
    this.#cancelled = { reason };
    this.#inTask(() => this.#abort?.abort(reason));
  }
}

/**
 * The Pool task that the running code belongs to, however many awaits deep; `null` outside of one, and when it has ended. Python has no such thing: there a
 * task cannot be asked to stop, and says nothing before its result.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * export async function count(to: number): Promise<number> {
 *   const task = mp.currentTask();
 *   for (let i = 1; i <= to; i++) {
 *     task?.signal.throwIfAborted();
 *     task?.report(i);
 *     await null;
 *   }
 *   return to;
 * }
 *
 * if (mp.isMain(import.meta)) {
 *   await using pool = new mp.Pool(1);
 *   const reports: unknown[] = [];
 *   assert.equal(await pool.apply(count, [3], { onReport: (value) => reports.push(value) }), 3);
 *   assert.deepEqual(reports, [1, 2, 3]);
 *   await assert.rejects(pool.apply(count, [Infinity], { timeout: 200 }), mp.TimeoutError);
 *   assert.equal(mp.currentTask(), null);
 * }
 * ```
 */
export function currentTask(): CurrentTask | null {
  inUse = true;
  const work = currentWork();
  return work instanceof RunningTask && !work.isOver ? work : null;
}
