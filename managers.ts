/**
 * Objects that live in a server process, and proxies of them, as Python's `multiprocessing.managers`.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import type { DictProxy } from "@fenshen/multiprocessing/managers";
 * import assert from "node:assert/strict";
 *
 * export async function work(results: DictProxy<number, number>, n: number) {
 *   await results.set(n, n * n);
 * }
 *
 * if (mp.isMain(import.meta)) {
 *   await using manager = await mp.Manager();
 *   const results = await manager.dict<number, number>();
 *   await using pool = new mp.Pool(2);
 *   await pool.starmap(work, [[results, 1], [results, 2]]);
 *   assert.equal(await results.size(), 2);
 * }
 * ```
 *
 * @module
 */
export { BaseManager, SyncManager } from "./src/context/manager.ts";
export type { Widened } from "./src/context/manager.ts";
export type { ManagerOptions } from "./src/context/manager_binding.ts";
export { Manager } from "./src/context/start_manager.ts";
export { SharedMemoryManager } from "./src/context/shared_memory_manager.ts";
export { CoreManager } from "./src/managers/manager.ts";
export type { CoreManagerOptions, Initializer } from "./src/managers/manager.ts";
export type { Factory, ProxyClass, RegisterOptions } from "./src/managers/registry.ts";
export { Server } from "./src/managers/server.ts";
export type { ManagerAddress } from "./src/managers/address.ts";
export { BaseProxy, Token } from "./src/managers/base_proxy.ts";
export type { Asked, ProxyTarget } from "./src/managers/base_proxy.ts";
export { AutoProxy } from "./src/managers/auto_proxy.ts";
export type { Proxied } from "./src/managers/auto_proxy.ts";
export { ArrayProxy } from "./src/managers/array_proxy.ts";
export { DictProxy } from "./src/managers/dict_proxy.ts";
export type { Mapping } from "./src/managers/dict_proxy.ts";
export { IteratorProxy } from "./src/managers/iterator_proxy.ts";
export { ListProxy } from "./src/managers/list_proxy.ts";
export type { SortOptions } from "./src/managers/list_proxy.ts";
export { NamespaceProxy } from "./src/managers/namespace_proxy.ts";
export type { Namespace } from "./src/managers/namespace_proxy.ts";
export { PoolProxy } from "./src/managers/pool_proxy.ts";
export { SetProxy } from "./src/managers/set_proxy.ts";
export { ValueProxy } from "./src/managers/value_proxy.ts";
export { PythonProxy } from "./src/managers/python/python_proxy.ts";
export type { PythonObjects } from "./src/managers/python/python_proxy.ts";
export { Kwargs, kwargs } from "./src/managers/python/kwargs.ts";
export type { Keywords } from "./src/managers/python/kwargs.ts";
export { PythonToken } from "./src/managers/python/tokens.ts";
