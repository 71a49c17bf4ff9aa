/** `Value` and `Array` of thread contexts and of `/dummy`. @module */
import { Array as AnyArray } from "./array.ts";
import { forThreads, type SharedOptions } from "./cells.ts";
import type { Assignable, Typecode } from "./typecodes.ts";
import { Value as AnyValue } from "./value.ts";

/**
 * A `Value` for threads: that of the main module, but where this program cannot map memory it lives in memory that the threads of this process share (a
 * `SharedArrayBuffer`) and not in the object server, with all that belongs to memory: a step is done when the call returns, and there are `view` and
 * `getLock().acquireSync()`. Another process cannot be sent such a value. In another thread it arrives as the main module's `Value`, and each is an `instanceof` the other.
 *
 * *Differs from Python*: `multiprocessing.dummy.Value` is a plain object with a `value` and no lock.
 *
 * @typeParam C The typecode.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing/dummy";
 * import assert from "node:assert/strict";
 *
 * const counter = new mp.Value("i", 5);
 * Atomics.add(counter.view, 0, 2);
 * assert.equal(await counter.get(), 7);
 * ```
 *
 * Python: `multiprocessing/dummy/__init__.py`, `Value`.
 */
export class Value<C extends Typecode = Typecode> extends AnyValue<C> {
  /** Makes a value. @param typecode What it holds. @param value What it begins with. Default 0. @param options As in the main module. @throws as there. */
  constructor(typecode: C, value?: Assignable<C>, options?: SharedOptions) {
    super(typecode, value, forThreads(options));
  }

  /** Every `Value`; for a subclass its own instances. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === Value ? value instanceof AnyValue : super[Symbol.hasInstance](value);
  }
}

/**
 * An `Array` for threads: that of the main module, but where this program cannot map memory it lives in memory that the threads of this process share; see
 * {@linkcode Value}.
 *
 * *Differs from Python*: `multiprocessing.dummy.Array` is a plain `array.array`.
 *
 * @typeParam C The typecode.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing/dummy";
 * import assert from "node:assert/strict";
 *
 * const row = new mp.Array("d", [1, 2, 3]);
 * row.view[0] = 0.5;
 * assert.deepEqual(await row.toArray(), [0.5, 2, 3]);
 * ```
 *
 * Python: `multiprocessing/dummy/__init__.py`, `Array`.
 */
export class Array<C extends Typecode = Typecode> extends AnyArray<C> {
  /** Makes an array. @param typecode What its elements are. @param sizeOrInitializer As in the main module. @param options As there. @throws as there. */
  constructor(typecode: C, sizeOrInitializer: number | Iterable<Assignable<C>>, options?: SharedOptions) {
    super(typecode, sizeOrInitializer, forThreads(options));
  }

  /** Every `Array` of this library; for a subclass its own instances. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === Array ? value instanceof AnyArray : super[Symbol.hasInstance](value);
  }
}
