/**
 * Numbers in memory that units share, as Python's `multiprocessing.sharedctypes`: one of them, or a row, of the types of C.
 *
 * They live in shared memory where this program can map it (see `/shared_memory` for what that takes), between processes and between threads: a step costs less
 * than a microsecond, and `view` is the memory itself. Elsewhere they live in the object server, with the same methods.
 * For threads alone, those of `getContext("thread")` and of `/dummy` live in a `SharedArrayBuffer` on every runtime.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import { RawArray, Value } from "@fenshen/multiprocessing/sharedctypes";
 * import assert from "node:assert/strict";
 *
 * export async function work(total: Value<"i">, squares: RawArray<"d">) {
 *   for (let i = 0; i < squares.length; i++) await squares.set(i, i * i);
 *   await total.add(squares.length);
 * }
 *
 * if (mp.isMain(import.meta)) {
 *   const [total, squares] = [new Value("i"), new RawArray("d", 4)];
 *   const child = new mp.Process({ target: work, args: [total, squares] });
 *   await child.start();
 *   await child.join();
 *   assert.deepEqual(await squares.toArray(), [0, 1, 4, 9]);
 *   assert.equal(await total.get(), 4);
 * }
 * ```
 *
 * @module
 */
export { Array } from "./src/sharedctypes/array.ts";
export type { SharedOptions } from "./src/sharedctypes/cells.ts";
export type { CellsStatistics } from "./src/sharedctypes/cells_object.ts";
export { copy, RawArray, RawValue, synchronized } from "./src/sharedctypes/raw.ts";
export type { Addable, Assignable, Elements, Row, Typecode, View } from "./src/sharedctypes/typecodes.ts";
export { Value } from "./src/sharedctypes/value.ts";
