/** The public `DictProxy`. @module */
import { failed } from "../server/request.ts";
import { safeText } from "../wire/refuse.ts";
import { ask, type Asked, asked, BaseProxy, callObject, changeBy, gather, targetOf } from "./base_proxy.ts";
import { encodeKey } from "./dict_key.ts";
import type { Entry } from "./dict_object.ts";
import { entriesOf } from "./entries.ts";
import { pack, packAll, unpack, unpackAll } from "./stored.ts";

/** What gives a dict entries: a `Map`, an iterable of pairs, or (with keys that are texts) an object. */
export type Mapping<K, V> =
  | Iterable<readonly [K, V]>
  | (string extends K ? Readonly<Record<string, V>> : K extends string ? Readonly<Record<K, V>> : never);

/**
 * A dictionary in a manager, made by `await manager.dict()`.
 *
 * - **Copies**: what goes in and what comes out is copied. To change a value that is an object, set it again, use {@linkcode DictProxy.update}, or make the value
 *   a proxy: `await dict.set("items", await manager.list())`.
 * - **Atomic**: each method is one step, however many clients there are. `get` and then `set` are two: count with `update(fn)`.
 * - **Keys** are plain data, and equal when their contents are, properties and entries in the same order: `[1, 2]` is one key everywhere. They keep the order
 *   in which they were first set.
 *
 * *Differs from Python*: operators are methods (`d[k]` is `get(k)`, which gives `undefined` where there is no such key; `k in d` is `has(k)`; `del d[k]` is
 * `delete(k)`, which tells whether it was there); `update` takes a function, too.
 *
 * @typeParam K The keys. @typeParam V The values.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * if (mp.isMain(import.meta)) {
 *   await using manager = await mp.Manager();
 *   const counts = await manager.dict({ apples: 1 });
 *   await counts.update({ pears: 2 });
 *   await counts.update((all, key: string) => void all.set(key, (all.get(key) ?? 0) + 1), "apples");
 *   assert.deepEqual(await counts.items(), [["apples", 2], ["pears", 2]]);
 * }
 * ```
 *
 * Python: `multiprocessing/managers.py`, `DictProxy`.
 */
export class DictProxy<K = unknown, V = unknown> extends BaseProxy {
  /** The value of a key. @param key The key. @param fallback What else it is when there is no such key. Default `undefined`. */
  get(key: K): Promise<V | undefined>;
  /** As above, with a fallback. */
  get<D>(key: K, fallback: D): Promise<V | D>;
  get(key: K, fallback?: unknown): Promise<unknown> {
    return this.#ask<unknown, Uint8Array | null>("get", key, (bytes) => bytes === null ? fallback : unpack(bytes));
  }

  /** Sets the value of a key. @param key The key. @param value The value. */
  set(key: K, value: V): Promise<void> {
    return this.#send<void>("set", key, value);
  }

  /** Whether there is such a key. @param key The key. */
  has(key: K): Promise<boolean> {
    return this.#ask("has", key);
  }

  /** Takes a key out. @param key The key. @returns Whether it was there. */
  delete(key: K): Promise<boolean> {
    return this.#ask("delete", key);
  }

  /** A copy of the keys. */
  keys(): Promise<K[]> {
    return ask<K[], Uint8Array[]>(this, "keys", [], (keys) => unpackAll(keys) as K[]);
  }

  /** A copy of the values. */
  values(): Promise<V[]> {
    return this.#entries((_keys, values) => values);
  }

  /** A copy of keys and values, in pairs. */
  items(): Promise<[K, V][]> {
    return this.#entries(pairs);
  }

  /** Takes a key out. @param key The key. @returns Its value. @throws {RangeError} there is no such key, and no fallback. */
  pop(key: K): Promise<V>;
  /** As above, with what to return when there is no such key. */
  pop<D>(key: K, fallback: D): Promise<V | D>;
  pop(key: K, ...fallback: unknown[]): Promise<unknown> {
    return this.#ask<unknown, Uint8Array | null>("pop", key, (bytes) => {
      if (bytes !== null) return unpack(bytes);
      if (fallback.length > 0) return fallback[0];
      throw new RangeError(`Cannot pop from ${targetOf(this).ref.label}: there is no such key, received ${safeText(key)}`);
    });
  }

  /** Takes the key out that was set last. @returns It and its value. @throws {RangeError} the dict is empty. */
  popItem(): Promise<[K, V]> {
    return ask<[K, V], Entry | null>(this, "popItem", [], (entry) => {
      if (entry === null) throw new RangeError(`Cannot pop from ${targetOf(this).ref.label}: it is empty`);
      return unpackAll(entry) as [K, V] | Promise<[K, V]>;
    });
  }

  /** The value of a key, which is set first where there is none. @param key The key. @param value What it is set to. Default `null`. */
  setDefault(key: K, value: V = null as V): Promise<V> {
    return this.#send<V, Uint8Array>("setDefault", key, value, (bytes) => unpack(bytes) as V | Promise<V>);
  }

  /**
   * Changes the dict by a function, in one step.
   *
   * @param fn Gets a copy, as a `Map`, and the arguments; what it makes of the map is the dict then. It runs in the manager, so it travels by reference, and must
   * do its work at once. When it throws, nothing has changed.
   * @param args What else it gets.
   * @returns What it returned; `undefined` for the map itself.
   */
  update<A extends readonly unknown[], R>(fn: (entries: Map<K, V>, ...args: A) => R, ...args: A): Promise<R>;
  /** Sets many keys, in one step. @param mapping A `Map`, pairs, or an object. */
  update(mapping: Mapping<K, V>): Promise<void>;
  update(first: unknown, ...args: readonly unknown[]): Promise<unknown> {
    if (typeof first === "function") return changeBy(this, first, args, false);
    try {
      const entries = entriesOf(first, `Cannot update ${targetOf(this).ref.label}`);
      return callObject<void>(this, {
        method: "merge",
        args: (link, carried) =>
          gather([entries.map(([key]) => encodeKey(key)), packAll(link, entries.map(([, value]) => value), "values", carried)]),
      });
    } catch (error) {
      return failed(error);
    }
  }

  /** Takes everything out. */
  clear(): Promise<void> {
    return ask(this, "clear");
  }

  /** How many keys there are. */
  get size(): Asked<number> {
    return asked(() => ask<number>(this, "size"));
  }

  /** A copy of everything. */
  copy(): Promise<Map<K, V>> {
    return this.#entries((keys, values) => new Map(pairs(keys, values)));
  }

  /** A copy of everything. */
  override getValue(): Promise<Map<K, V>> {
    return this.copy();
  }

  /** The keys, as in Python: those that it has when the iteration begins. For pairs: `for (const [key, value] of await dict.items())`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<K, void, undefined> {
    yield* await this.keys();
  }

  #ask<T, A = T>(method: string, key: K, read?: (answer: A) => T | Promise<T>): Promise<T> {
    return callObject<T, A>(this, { method, args: () => [encodeKey(key)], read });
  }

  #send<T, A = T>(method: string, key: K, value: V, read?: (answer: A) => T | Promise<T>): Promise<T> {
    return callObject<T, A>(this, {
      method,
      args: (link, carried) => gather([encodeKey(key), pack(link, value, "value", carried)]),
      read,
    });
  }

  #entries<R>(shape: (keys: K[], values: V[]) => R): Promise<R> {
    return ask<R, Entry[]>(this, "entries", [], (entries) => {
      const keys = entries.map(([key]) => unpack(key) as K);
      const values = unpackAll(entries.map(([, value]) => value));
      return values instanceof Promise ? values.then((all) => shape(keys, all as V[])) : shape(keys, values as V[]);
    });
  }
}

function pairs<K, V>(keys: K[], values: V[]): [K, V][] {
  return keys.map((key, index) => [key, values[index]!]);
}
