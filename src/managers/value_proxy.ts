/** The public `ValueProxy`. @module */
import { ask, BaseProxy, callObject, changeBy, gather } from "./base_proxy.ts";
import { pack, unpack } from "./stored.ts";

/**
 * One value in a manager, made by `await manager.Value("i", 0)`. As in Python the typecode is not enforced: it may be any value.
 *
 * *Differs from Python*: `v.value` is `get()` and `set(x)`; {@linkcode ValueProxy.update} reads and writes in one step.
 *
 * @typeParam T The value.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * if (mp.isMain(import.meta)) {
 *   await using manager = await mp.Manager();
 *   const value = await manager.Value("i", 1);
 *   assert.equal(await value.update((x, n: number) => x + n, 41), 42);
 *   assert.equal(await value.get(), 42);
 * }
 * ```
 *
 * Python: `multiprocessing/managers.py`, `ValueProxy`.
 */
export class ValueProxy<T = unknown> extends BaseProxy {
  /** The value. */
  get(): Promise<T> {
    return ask<T, Uint8Array | null>(this, "get", [], (bytes) => (bytes === null ? undefined : unpack(bytes)) as T | Promise<T>);
  }

  /** Replaces the value. @param value The new one; it is copied. */
  set(value: T): Promise<void> {
    return callObject(this, { method: "set", args: (link, carried) => gather([pack(link, value, "value", carried)]) });
  }

  /**
   * Changes the value by a function, in one step.
   *
   * @param fn Gets the value and the arguments, and returns the new value. It runs in the manager; see {@linkcode ListProxy.update}. @param args What else it gets.
   * @returns The new value.
   */
  update<A extends readonly unknown[]>(fn: (value: T, ...args: A) => T, ...args: A): Promise<T> {
    return changeBy<T>(this, fn, args);
  }

  /** The value. */
  override getValue(): Promise<T> {
    return this.get();
  }
}
