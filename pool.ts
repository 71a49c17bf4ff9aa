/**
 * Pools of workers, as Python's `multiprocessing.pool`.
 *
 * @example
 * ```ts
 * import { ThreadPool } from "@fenshen/multiprocessing/pool";
 * import { isMain } from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * export const square = (x: number) => x * x;
 *
 * if (isMain(import.meta)) {
 *   await using pool = new ThreadPool(2);
 *   const results: number[] = [];
 *   for await (const result of pool.imap(square, [1, 2, 3])) results.push(result);
 *   assert.deepEqual(results, [1, 4, 9]);
 * }
 * ```
 *
 * @module
 */
export { MaybeEncodingError, RemoteTraceback } from "./src/base/errors.ts";
export { Pool, ThreadPool } from "./src/context/pool.ts";
export { IMapIterator } from "./src/pool/imap_iterator.ts";
export type { Outcome, OutcomeSource, ParkedNext } from "./src/pool/imap_iterator.ts";
export type {
  ApplyOptions,
  CallbackOptions,
  ImapOptions,
  MapAsyncOptions,
  MapOptions,
  PoolOptions,
  PoolStatistics,
  TaskOptions,
} from "./src/pool/pool.ts";
export { currentTask } from "./src/pool/running_task.ts";
export type { CurrentTask } from "./src/pool/running_task.ts";
export { AsyncResult, MapResult } from "./src/pool/results.ts";
