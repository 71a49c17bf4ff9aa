/**
 * Queues, as Python's `queue`: first in first out, last in first out, smallest first, between any units. They count what is done: `taskDone()`, `join()`.
 *
 * @example
 * ```ts
 * import { PriorityQueue } from "@fenshen/multiprocessing/queue";
 * import assert from "node:assert/strict";
 *
 * const jobs = new PriorityQueue<[number, string]>();
 * await jobs.put([2, "later"]);
 * await jobs.put([1, "first"]);
 * assert.deepEqual(await jobs.get(), [1, "first"]);
 * ```
 *
 * @module
 */
export { Empty, Full, ShutDown } from "./src/base/errors.ts";
export { JoinableQueue as Queue, LifoQueue, PriorityQueue } from "./src/queues/joinable_queue.ts";
export { SimpleQueue } from "./src/queues/simple_queue.ts";
export type { WaitOptions } from "./src/base/deadline.ts";
export type { AcquireOptions } from "./src/sync/lock.ts";
export type { QueueStatistics } from "./src/queues/queue.ts";
