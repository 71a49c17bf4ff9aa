/** The public `ListProxy`. @module */
import { failed } from "../server/request.ts";
import { ask, type Asked, asked, BaseProxy, callObject, changeBy, gather, targetOf } from "./base_proxy.ts";
import type { SortPlan } from "./sort_values.ts";
import { pack, packAll, unpack, unpackAll } from "./stored.ts";

/** How a list is sorted. Its functions travel by reference. */
export interface SortOptions<T> {
  /** What an item is ordered by: a number, a string, or an array of them. Default: the item itself. */
  key?: (item: T) => unknown;
  /** Largest first. Default `false`. */
  reverse?: boolean;
}

/**
 * A list in a manager, made by `await manager.list()`.
 *
 * - **Copies**: what goes in and what comes out is copied. To change an item that is an object, set it again, use {@linkcode ListProxy.update}, or
 *   make the item a proxy: `await list.append(await manager.dict())`.
 * - **Atomic**: each method is one step, however many clients there are.
 * - **Indices** below 0 count from the end, as in Python; where there is no item it is a `RangeError` (Python: `IndexError`).
 * - **Equal** are values with equal contents, properties and entries in the same order.
 *
 * *Differs from Python*: operators are methods (`l[1]` is `get(1)`, `l[1] = x` is `set(1, x)`, `len(l)` is `length()`, `l += x` is `extend(x)`);
 * {@linkcode ListProxy.update} changes everything in one step.
 *
 * @typeParam T The items.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * if (mp.isMain(import.meta)) {
 *   await using manager = await mp.Manager();
 *   const list = await manager.list([3, 1]);
 *   await list.append(2);
 *   await list.sort();
 *   assert.deepEqual(await list.toArray(), [1, 2, 3]);
 *   await list.update((items) => void items.push(items.length));
 *   assert.equal(await list.get(-1), 3);
 * }
 * ```
 *
 * Python: `multiprocessing/managers.py`, `ListProxy`.
 */
export class ListProxy<T = unknown> extends BaseProxy {
  /** An item. @param index Below 0: from the end. @throws {RangeError} there is none. */
  get(index: number): Promise<T> {
    return this.#index(index, "get", () => ask<T, Uint8Array>(this, "get", [index], read));
  }

  /** Replaces an item. @param index Below 0: from the end. @param value The new item. @throws {RangeError} there is none. */
  set(index: number, value: T): Promise<void> {
    return this.#index(index, "set", () => this.#send("set", value, index));
  }

  /** Adds an item at the end. @param value The item. */
  append(value: T): Promise<void> {
    return callObject(this, { method: "extend", args: (link, carried) => gather([packAll(link, [value], "item", carried)]) });
  }

  /** Adds items at the end. @param values The items; read in this call. */
  extend(values: Iterable<T>): Promise<void> {
    return callObject(this, { method: "extend", args: (link, carried) => gather([packAll(link, values, "items", carried)]) });
  }

  /** Adds an item before another one. @param index Beyond the ends: at the end. @param value The item. */
  insert(index: number, value: T): Promise<void> {
    return this.#index(index, "insert", () => this.#send("insert", value, index));
  }

  /** Takes an item out. @param index Default -1, the last. @returns The item. @throws {RangeError} there is none. */
  pop(index = -1): Promise<T> {
    return this.#index(index, "pop", () => ask<T, Uint8Array>(this, "pop", [index], read));
  }

  /** Takes out the first item that is equal. @param value What to look for. @throws {RangeError} there is none. */
  remove(value: T): Promise<void> {
    return this.#send("remove", value);
  }

  /** Where the first equal item is. @param value What to look for. @param start Where to begin. @param end Where to end. @throws {RangeError} nowhere. */
  index(value: T, start?: number, end?: number): Promise<number> {
    const call = () =>
      callObject<number>(this, {
        method: "index",
        args: (link, carried) => gather([pack(link, value, "value", carried), start ?? null, end ?? null]),
      });
    return this.#index(start ?? 0, "find", () => this.#index(end ?? 0, "find", call));
  }

  /** How many items are equal. @param value What to look for. */
  count(value: T): Promise<number> {
    return callObject(this, { method: "count", args: (link, carried) => gather([pack(link, value, "value", carried)]) });
  }

  /** Turns the order round. */
  reverse(): Promise<void> {
    return ask(this, "reverse");
  }

  /**
   * Sorts; equal items keep their order.
   *
   * @param how A function that compares two items, or `{ key, reverse }`. Default: numbers, strings, and arrays of them, smallest first.
   * @throws {TypeError} items that have no order; then the list has not changed. What a function throws.
   */
  sort(how?: ((a: T, b: T) => number) | SortOptions<T>): Promise<void> {
    if (how !== undefined && how !== null && typeof how !== "function" && typeof how !== "object") {
      return failed(
        new TypeError(`Cannot sort ${targetOf(this).ref.label}: it takes a function or { key, reverse }, received ${typeof how}`),
      );
    }
    const plan = (typeof how === "function" ? { compare: how } : { key: how?.key ?? null, reverse: how?.reverse === true }) as SortPlan;
    return callObject(this, { method: "sort", args: (link, carried) => gather([pack(link, plan, "sort", carried)]) });
  }

  /** A copy of the items in a row. @param start Default 0. @param end The first that is not in it. Default: the length. Both may be below 0. */
  slice(start?: number, end?: number): Promise<T[]> {
    return ask<T[], Uint8Array[]>(this, "slice", [start ?? null, end ?? null], readAll);
  }

  /** How many items there are. */
  get length(): Asked<number> {
    return asked(() => ask<number>(this, "size"));
  }

  /** A copy of all items. */
  toArray(): Promise<T[]> {
    return this.slice();
  }

  /** A copy of all items. */
  override getValue(): Promise<T[]> {
    return this.slice();
  }

  /** Takes all items out. */
  clear(): Promise<void> {
    return ask(this, "clear");
  }

  /**
   * Changes the list by a function, in one step.
   *
   * @param fn Gets a copy of the items, as an array, and the arguments; what it makes of the array is the list then. It runs in the manager, so it travels
   * by reference, and must do its work at once. When it throws, nothing has changed.
   * @param args What else it gets.
   * @returns What it returned; `undefined` for the array itself.
   */
  update<A extends readonly unknown[], R>(fn: (items: T[], ...args: A) => R, ...args: A): Promise<R> {
    return changeBy<R>(this, fn, args);
  }

  /** The items one after the other, each as it is when its turn comes; ends for good at the end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let index = 0;; index++) {
      const item = await ask<{ value: T | Promise<T> } | null, Uint8Array | null>(
        this,
        "at",
        [index],
        (bytes) => bytes === null ? null : { value: unpack(bytes) as T | Promise<T> },
      );
      if (item === null) return;
      yield await item.value;
    }
  }

  #send(method: string, value: T, ...before: readonly unknown[]): Promise<void> {
    return callObject(this, { method, args: (link, carried) => gather([...before, pack(link, value, "value", carried)]) });
  }

  #index<R>(index: number, verb: string, call: () => Promise<R>): Promise<R> {
    if (Number.isInteger(index)) return call();
    const received = typeof index === "number" ? index : typeof index;
    return failed(
      new TypeError(`Cannot ${verb} an item of ${targetOf(this).ref.label}: the index must be an integer, received ${received}`),
    );
  }
}

function read<T>(bytes: Uint8Array): T | Promise<T> {
  return unpack(bytes) as T | Promise<T>;
}

function readAll<T>(all: Uint8Array[]): T[] | Promise<T[]> {
  return unpackAll(all) as T[] | Promise<T[]>;
}
