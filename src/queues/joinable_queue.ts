/** The public `JoinableQueue`, `LifoQueue` and `PriorityQueue`. @module */
import { checkWaitOptions, timeoutOf, type WaitOptions } from "../base/deadline.ts";
import { TimeoutError } from "../base/errors.ts";
import { failed } from "../server/request.ts";
import { Queue, refOf, registerQueueClass } from "./queue.ts";

/**
 * A {@linkcode Queue} that counts the items that are not done yet: `put` adds one, `taskDone()` takes one away, `join()` waits for none.
 *
 * - **Who is done**: any unit may say so. An item that a dead consumer had got stays undone; one that was on its way to it goes to the next.
 * - **Shutdown**: items that `shutdown(true)` drops count as done.
 *
 * @typeParam T The items.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const queue = new mp.JoinableQueue<number>();
 * await queue.put(1);
 * await assert.rejects(queue.join({ timeout: 0 }), mp.TimeoutError);
 * await queue.get();
 * await queue.taskDone();
 * await queue.join();
 * ```
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  /** The name of the class on the wire and in texts. */
  protected static override readonly typeName: string = "JoinableQueue";

  /**
   * Makes an empty queue. Starts nothing; the first use does.
   *
   * @param maxsize How many items it holds at most; 0 or less: no limit. Default 0.
   * @throws {TypeError} not a number. @throws {RangeError} not an integer.
   */
  constructor(maxsize = 0) {
    super(maxsize);
    registerJoinableQueues();
  }

  /**
   * Says that an item which was got has been dealt with.
   *
   * @throws {RangeError} when it is called more often than items were put.
   */
  taskDone(): Promise<void> {
    const ref = refOf(this);
    const read = (done: boolean) => {
      if (!done) throw new RangeError(`Cannot report a task of ${ref.label} done: every item that was put is done already`);
    };
    return ref.call<void, boolean>("taskDone", [], { verb: "report done to", read });
  }

  /**
   * Waits until every item that was put is done.
   *
   * @param options `timeout` in milliseconds (0: only look), `signal`. Default: wait for ever.
   * @throws {TimeoutError} when some are not done in time. The signal's reason, when aborted. `BrokenPipeError` when the unit that made the queue has ended.
   */
  join(options?: WaitOptions): Promise<void> {
    try {
      checkWaitOptions(options);
    } catch (error) {
      return failed(error);
    }
    const ref = refOf(this);
    const read = (done: boolean) => {
      if (!done) throw new TimeoutError(`Cannot join ${ref.label}: some of its items are not done, after ${options?.timeout} ms`);
    };
    const block = timeoutOf(options?.timeout) > 0;
    return ref.call<void, boolean>("join", [block], { verb: "join", wait: options, late: false, read });
  }
}

/**
 * A {@linkcode JoinableQueue} that gives the newest item first.
 *
 * @typeParam T The items.
 *
 * @example
 * ```ts
 * import { LifoQueue } from "@fenshen/multiprocessing/queue";
 * import assert from "node:assert/strict";
 *
 * const stack = new LifoQueue<string>();
 * await stack.put("old");
 * await stack.put("new");
 * assert.equal(await stack.get(), "new");
 * ```
 */
export class LifoQueue<T = unknown> extends JoinableQueue<T> {
  /** The name of the class on the wire and in texts. */
  protected static override readonly typeName: string = "LifoQueue";
}

/**
 * A {@linkcode JoinableQueue} that gives the smallest item first, and of equal ones the oldest.
 *
 * An item is a number, a bigint, a string, or an array `[priority, …]` of these, also nested, which is compared element by element up to the first that
 * cannot be compared. Strings are compared by their UTF-16 code units.
 *
 * - **What cannot be compared**, by itself or with an item in the queue, such as a string with a number, is refused by `put` with a `TypeError`.
 *
 * *Differs from Python*: a payload behind an equal priority need not be comparable; `get` never fails because of a comparison.
 *
 * @typeParam T The items.
 *
 * @example
 * ```ts
 * import { PriorityQueue } from "@fenshen/multiprocessing/queue";
 * import assert from "node:assert/strict";
 *
 * const jobs = new PriorityQueue<[number, { job: string }]>();
 * await jobs.put([5, { job: "later" }]);
 * await jobs.put([1, { job: "now" }]);
 * assert.deepEqual(await jobs.get(), [1, { job: "now" }]);
 * await assert.rejects(jobs.put(["1", { job: "?" }] as never), TypeError);
 * ```
 */
export class PriorityQueue<T = unknown> extends JoinableQueue<T> {
  /** The name of the class on the wire and in texts. */
  protected static override readonly typeName: string = "PriorityQueue";
}

let registered = false;

/** Lets the queues of this file travel. */
export function registerJoinableQueues(): void {
  if (registered) return;
  registered = true;
  registerQueueClass("JoinableQueue", JoinableQueue);
  registerQueueClass("LifoQueue", LifoQueue);
  registerQueueClass("PriorityQueue", PriorityQueue);
}
