/** `BaseManager` and `SyncManager`. @module */
import type { DictProxy } from "../managers/dict_proxy.ts";
import type { ListProxy } from "../managers/list_proxy.ts";
import { CoreManager, createIn, makeSync } from "../managers/manager.ts";
import type { Namespace } from "../managers/namespace_proxy.ts";
import type { ArrayProxy } from "../managers/array_proxy.ts";
import type { PoolProxy } from "../managers/pool_proxy.ts";
import type { SetProxy } from "../managers/set_proxy.ts";
import type { ValueProxy } from "../managers/value_proxy.ts";
import type { PoolOptions } from "../pool/pool.ts";
import type { JoinableQueue } from "../queues/joinable_queue.ts";
import type { Queue } from "../queues/queue.ts";
import type { Elements, Typecode } from "../sharedctypes/typecodes.ts";
import type { Barrier } from "../sync/barrier.ts";
import type { Condition } from "../sync/condition.ts";
import type { Event } from "../sync/event.ts";
import type { Lock } from "../sync/lock.ts";
import type { RLock } from "../sync/rlock.ts";
import type { BoundedSemaphore, Semaphore } from "../sync/semaphore.ts";
import { registerHandles } from "../threading/handles.ts";
import { bindingOf, type ManagerOptions } from "./manager_binding.ts";

/**
 * A server of objects in a process of its own, and the way to one. Make a class of your own of it, and register types.
 *
 * - `start()` starts a process; `connect()` uses a manager that runs elsewhere; `getServer().serveForever()` makes this program one.
 * - **Life**: the process is a daemon: it ends with its starter, also when that is killed. A client that dies gives back what it held.
 *
 * Python: `multiprocessing/managers.py`, `BaseManager`.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import { BaseManager, type Proxied } from "@fenshen/multiprocessing/managers";
 * import assert from "node:assert/strict";
 *
 * export class Counter {
 *   #count = 0;
 *   add(n: number): number {
 *     return this.#count += n;
 *   }
 * }
 *
 * class MyManager extends BaseManager {
 *   declare Counter: () => Promise<Proxied<Counter>>;
 * }
 * MyManager.register("Counter", Counter);
 *
 * if (mp.isMain(import.meta)) {
 *   await using manager = new MyManager();
 *   await manager.start();
 *   const counter = await manager.Counter();
 *   await counter.add(40);
 *   assert.equal(await counter.add(2), 42);
 * }
 * ```
 */
export class BaseManager extends CoreManager {
  /** Prepares a manager; nothing starts yet. @param options See there. @throws {TypeError} for a bad one. */
  constructor(options?: ManagerOptions) {
    registerHandles();
    super(options, bindingOf(options));
  }
}

/**
 * A manager with the types of Python's `SyncManager`; made and started by `await mp.Manager()`.
 *
 * Locks, queues and the like are the classes of the main module, which live in the manager: they outlive the unit that made them. The others are proxies.
 * Every argument is copied. For the lifetime of objects see `BaseProxy`.
 *
 * Python: `multiprocessing/managers.py`, `SyncManager`.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import type { DictProxy, ListProxy } from "@fenshen/multiprocessing/managers";
 * import assert from "node:assert/strict";
 *
 * export async function work(dict: DictProxy<string, number>, list: ListProxy<string>) {
 *   await dict.set("answer", 42);
 *   await list.append("done");
 * }
 *
 * if (mp.isMain(import.meta)) {
 *   await using manager = await mp.Manager();
 *   const [dict, list] = [await manager.dict<string, number>(), await manager.list<string>()];
 *   const p = new mp.Process({ target: work, args: [dict, list] });
 *   await p.start();
 *   await p.join();
 *   assert.deepEqual([await dict.get("answer"), await list.toArray()], [42, ["done"]]);
 * }
 * ```
 */
export class SyncManager extends BaseManager {
  /** Prepares a manager; nothing starts yet. @param options See there. @throws {TypeError} for a bad one. */
  constructor(options?: ManagerOptions) {
    if (options?.codec === "pickle") {
      throw new TypeError(
        `Cannot make a SyncManager: its objects are this library's own, so codec must be "native", received "pickle"\n\n` +
          `    class PythonManager extends BaseManager {}\n    PythonManager.register("dict");`,
      );
    }
    super(options);
  }

  /** A queue. @param maxsize See `Queue`. */
  Queue<T = unknown>(maxsize = 0): Promise<Queue<T>> {
    return this.#make("Queue", maxsize);
  }

  /** A queue whose items are reported done. @param maxsize See `JoinableQueue`. */
  JoinableQueue<T = unknown>(maxsize = 0): Promise<JoinableQueue<T>> {
    return this.#make("JoinableQueue", maxsize);
  }

  /** See `Event`. */
  Event(): Promise<Event> {
    return this.#make("Event");
  }

  /** See `Lock`. */
  Lock(): Promise<Lock> {
    return this.#make("Lock");
  }

  /** See `RLock`. */
  RLock(): Promise<RLock> {
    return this.#make("RLock");
  }

  /** See `Semaphore`. @param value Its first value. */
  Semaphore(value = 1): Promise<Semaphore> {
    return this.#make("Semaphore", value);
  }

  /** See `BoundedSemaphore`. @param value Its first and highest value. */
  BoundedSemaphore(value = 1): Promise<BoundedSemaphore> {
    return this.#make("BoundedSemaphore", value);
  }

  /** See `Condition`. @param lock A lock of a manager. Default: an `RLock` of its own. */
  Condition(lock?: Lock | RLock): Promise<Condition> {
    return this.#make("Condition", ...(lock === undefined ? [] : [lock]));
  }

  /** See `Barrier`. @param parties How many wait for each other. @param action Called by one of them. @param timeout The default of `wait()`, in milliseconds. */
  Barrier(parties: number, action?: (() => unknown) | null, timeout?: number | null): Promise<Barrier> {
    return this.#make("Barrier", parties, action, timeout);
  }

  /** A pool whose workers belong to the manager. @param options See `Pool`. Its `initializer` must be one that travels. */
  Pool(options?: number | PoolOptions): Promise<PoolProxy> {
    return createIn(this, "Pool", [options]) as Promise<PoolProxy>;
  }

  /** A list. @param values Its first items. */
  list<T = unknown>(values: Iterable<T> = []): Promise<ListProxy<T>> {
    return this.#make("list", values);
  }

  /** A dictionary. @param mapping Its first entries: a `Map`, pairs, or an object. */
  dict<K = string, V = unknown>(mapping?: Iterable<readonly [K, V]>): Promise<DictProxy<K, V>>;
  /** As above, of an object. */
  dict<V>(mapping: Readonly<Record<string, V>>): Promise<DictProxy<string, V>>;
  /** As above, of an object with known keys. */
  dict<K extends string, V>(mapping: Readonly<Record<K, V>>): Promise<DictProxy<K, V>>;
  dict(mapping: unknown = []): Promise<DictProxy<never, never>> {
    return this.#make("dict", mapping);
  }

  /** A set. @param members Its first members. */
  set<T = unknown>(members: Iterable<T> = []): Promise<SetProxy<T>> {
    return this.#make("set", members);
  }

  /** A value of any kind. @param typecode As in Python, for the reader only. @param value Its first value. */
  Value<T = unknown>(typecode: Typecode, value: T): Promise<ValueProxy<Widened<T>>> {
    return this.#make("Value", typecode, value);
  }

  /** Numbers of one type. @param typecode Their type. @param sizeOrInitializer How many, or which. */
  Array<C extends Typecode>(typecode: C, sizeOrInitializer: number | Iterable<Elements[C]>): Promise<ArrayProxy<C>> {
    return this.#make("Array", typecode, sizeOrInitializer);
  }

  /** Values by name. @param attributes The first ones. */
  Namespace<T extends object = Record<string, unknown>>(attributes?: T): Promise<Namespace<T>> {
    return this.#make("Namespace", attributes ?? {});
  }

  #make<P>(typeid: string, ...args: unknown[]): Promise<P> {
    return makeSync(this, typeid, args) as Promise<P>;
  }
}

/** The kind of a literal: a value that is `1` now may be another number later. */
export type Widened<T> = T extends number ? number
  : T extends string ? string
  : T extends boolean ? boolean
  : T extends bigint ? bigint
  : T;
