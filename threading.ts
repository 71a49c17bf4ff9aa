/**
 * Threads, as Python's `threading`: worker threads with its names, and the locks that go with them.
 *
 * Threads of JavaScript share no memory. What a thread is given is copied, a global variable is its own, and so there is nothing to protect with a lock
 * but what is shared on purpose: a queue, a file, the terminal. Locks, queues and the like are the ones of the main module: they work between
 * threads and between processes. What blocks in Python is awaited here, and times are milliseconds.
 *
 * @example
 * ```ts
 * import { isMain, Queue } from "@fenshen/multiprocessing";
 * import * as threading from "@fenshen/multiprocessing/threading";
 * import assert from "node:assert/strict";
 *
 * export async function work(lock: threading.Lock, queue: Queue<string>) {
 *   await lock.run(() => queue.put(threading.currentThread().name));
 * }
 *
 * if (isMain(import.meta)) {
 *   const [lock, queue] = [new threading.Lock(), new Queue<string>()];
 *   const threads = ["a", "b"].map((name) => new threading.Thread({ target: work, args: [lock, queue], name }));
 *   await Promise.all(threads.map((thread) => thread.start()));
 *   await Promise.all(threads.map((thread) => thread.join()));
 *   assert.deepEqual([await queue.get(), await queue.get()].sort(), ["a", "b"]);
 * }
 * ```
 *
 * @module
 */
export { BrokenBarrierError } from "./src/base/errors.ts";
export type { WaitOptions } from "./src/base/deadline.ts";
export { Barrier } from "./src/sync/barrier.ts";
export type { BarrierAction, BarrierStatistics } from "./src/sync/barrier.ts";
export { Condition } from "./src/sync/condition.ts";
export type { ConditionStatistics } from "./src/sync/condition.ts";
export { Event } from "./src/sync/event.ts";
export type { EventStatistics } from "./src/sync/event.ts";
export { Lock } from "./src/sync/lock.ts";
export type { AcquireOptions, LockStatistics } from "./src/sync/lock.ts";
export { RLock } from "./src/sync/rlock.ts";
export type { RLockStatistics } from "./src/sync/rlock.ts";
export { BoundedSemaphore, Semaphore } from "./src/sync/semaphore.ts";
export type { SemaphoreStatistics } from "./src/sync/semaphore.ts";
export { activeCount, currentThread, enumerate, getIdent, mainThread } from "./src/threading/current_thread.ts";
export { local } from "./src/threading/local.ts";
export { Thread } from "./src/threading/thread.ts";
export type { LibraryThread, ThreadOptions } from "./src/threading/thread.ts";
export { Timer } from "./src/threading/timer.ts";
