/** `Value`, `Array`, `RawValue` and `RawArray` of thread contexts and of `/dummy`. @module */
import { Array as AnyArray, isRawArray } from "./array.ts";
import { forThreads, type SharedOptions } from "./cells.ts";
import type { Assignable, Typecode } from "./typecodes.ts";
import { isRawValue, Value as AnyValue } from "./value.ts";
import { arrivesAsBase } from "../wire/handles.ts";

/**
 * A `Value` for threads: that of the main module, but it lives in a `SharedArrayBuffer`, memory that the threads of this process share, on every runtime and without
 * any permission or package. All that belongs to memory belongs to it: a step is done when the call returns, and there are `view` and `getLock().acquireSync()`.
 *
 * - **Processes** cannot be sent such a value: that is a `SerializationError`. Make one of the main module, or of another context, to share it with them.
 * - **Beside a lock** that was given it lives where that lock lives: in such memory for the lock of another one of these, else as in the main module.
 * - **Under way** it goes by the main thread of the process: a thread receives it when that is not blocked, and what it has received needs the main thread no more.
 * - **Lifetime**: as long as a thread has it, or a message with it is under way.
 * - **`instanceof`**: in another thread it arrives as the main module's `Value`, and each is an `instanceof` the other.
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
 * assert.ok(counter.view.buffer instanceof SharedArrayBuffer);
 * ```
 *
 * Python: `multiprocessing/dummy/__init__.py`, `Value`.
 */
export class Value<C extends Typecode = Typecode> extends AnyValue<C> {
  static {
    arrivesAsBase(this);
  }

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
 * An `Array` for threads: that of the main module, but it lives in a `SharedArrayBuffer`; see {@linkcode Value}.
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
  static {
    arrivesAsBase(this);
  }

  /** Makes an array. @param typecode What its elements are. @param sizeOrInitializer As in the main module. @param options As there. @throws as there. */
  constructor(typecode: C, sizeOrInitializer: number | Iterable<Assignable<C>>, options?: SharedOptions) {
    super(typecode, sizeOrInitializer, forThreads(options));
  }

  /** Every `Array` of this library; for a subclass its own instances. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === Array ? value instanceof AnyArray : super[Symbol.hasInstance](value);
  }
}

/**
 * A `RawValue` for threads: that of the main module, but it lives in a `SharedArrayBuffer`; see {@linkcode Value}.
 *
 * *Differs from Python*: `multiprocessing.dummy` has none.
 *
 * @typeParam C The typecode.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing/dummy";
 * import assert from "node:assert/strict";
 *
 * const value = new mp.RawValue("d", 1.5);
 * assert.equal(await value.add(1), 2.5);
 * assert.ok(new mp.Value("i", 5, { lock: false }) instanceof mp.RawValue);
 * ```
 *
 * Python: `multiprocessing/sharedctypes.py`, `RawValue`.
 */
export class RawValue<C extends Typecode = Typecode> extends Value<C> {
  static {
    arrivesAsBase(this);
  }

  /** Makes a value. @param typecode What it holds. @param value What it begins with. Default 0. @throws {TypeError} as in the main module. */
  constructor(typecode: C, value?: Assignable<C>) {
    super(typecode, value, { lock: false });
  }

  /** Every `Value` without a lock; for a subclass its own instances. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === RawValue ? isRawValue(value) : super[Symbol.hasInstance](value);
  }
}

/**
 * A `RawArray` for threads: that of the main module, but it lives in a `SharedArrayBuffer`; see {@linkcode Value}.
 *
 * *Differs from Python*: `multiprocessing.dummy` has none.
 *
 * @typeParam C The typecode.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing/dummy";
 * import assert from "node:assert/strict";
 *
 * const array = new mp.RawArray("i", [1, 2, 3]);
 * array.view.fill(4, 1);
 * assert.deepEqual(await array.toArray(), [1, 4, 4]);
 * ```
 *
 * Python: `multiprocessing/sharedctypes.py`, `RawArray`.
 */
export class RawArray<C extends Typecode = Typecode> extends Array<C> {
  static {
    arrivesAsBase(this);
  }

  /** Makes an array. @param typecode What its elements are. @param sizeOrInitializer As in the main module. @throws as there. */
  constructor(typecode: C, sizeOrInitializer: number | Iterable<Assignable<C>>) {
    super(typecode, sizeOrInitializer, { lock: false });
  }

  /** Every `Array` of this library without a lock; for a subclass its own instances. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === RawArray ? isRawArray(value) : super[Symbol.hasInstance](value);
  }
}
