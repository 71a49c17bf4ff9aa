/**
 * The whole of the main module on worker threads, as Python's `multiprocessing.dummy`: change the import, and the same program runs on
 * threads. `Process`, `Pool` and `Manager` are bound to the start method `"thread"`, `getContext()` answers the thread context, `Value`, `Array`, `RawValue` and
 * `RawArray` live in a `SharedArrayBuffer`, which no other process can be sent, and everything else is the main module's own.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing/dummy";
 * import assert from "node:assert/strict";
 *
 * export const square = (x: number) => x * x;
 *
 * if (mp.isMain(import.meta)) {
 *   await using pool = new mp.Pool(2);
 *   assert.deepEqual(await pool.map(square, [1, 2, 3]), [1, 4, 9]);
 * }
 * ```
 *
 * @module
 */
export * from "./mod.ts";
// What is named here takes the place of the main module's.
export { getContext, getStartMethod, Manager, Process, setStartMethod } from "./src/context/dummy.ts";
export { ThreadPool as Pool } from "./src/context/pool.ts";
export { Array, RawArray, RawValue, Value } from "./src/sharedctypes/for_threads.ts";
