/**
 * Queues, as Python's `queue` and `multiprocessing.queues`: first in, first out, between any units.
 *
 * @module
 */
export { Empty, Full, ShutDown } from "./src/base/errors.ts";
export { Queue } from "./src/queues/queue.ts";
export type { WaitOptions } from "./src/base/deadline.ts";
export type { QueueStatistics } from "./src/queues/queue.ts";
