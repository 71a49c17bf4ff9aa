/**
 * Memory that processes share under a name, as Python's `multiprocessing.shared_memory`: between Deno, Bun, Node and CPython.
 *
 * It takes native calls: on Deno the permission `--allow-ffi`, on Node the package `koffi` (`npm install koffi`), on Bun nothing. Linux and macOS only.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import { SharedMemory } from "@fenshen/multiprocessing/shared_memory";
 * import assert from "node:assert/strict";
 *
 * export function fill(memory: SharedMemory, value: number) {
 *   memory.buf.fill(value);
 *   memory.close();
 * }
 *
 * if (mp.isMain(import.meta)) {
 *   const memory = new SharedMemory({ create: true, size: 1024 });
 *   const child = new mp.Process({ target: fill, args: [memory, 7] });
 *   await child.start();
 *   await child.join();
 *   assert.equal(memory.buf[1023], 7);
 *   memory.close();
 *   memory.unlink();
 * }
 * ```
 *
 * @module
 */
export { ShareableList } from "./src/memory/shareable_list.ts";
export type { ShareableItem, ShareableListOptions } from "./src/memory/shareable_list.ts";
export { SharedMemory } from "./src/memory/shared_memory.ts";
export type { SharedMemoryOptions } from "./src/memory/shared_memory.ts";
