/** `RawValue`, `RawArray`, `copy` and `synchronized`. @module */
import { observed } from "../server/request.ts";
import { RLock } from "../sync/rlock.ts";
import { Array as SharedArray, arrayOn, cellsOfArray, isRawArray } from "./array.ts";
import type { CellsHandle } from "./cells_handle.ts";
import { RawArray as ThreadRawArray, RawValue as ThreadRawValue } from "./for_threads.ts";
import { MemoryCells } from "./memory_cells.ts";
import type { Assignable, Typecode } from "./typecodes.ts";
import { cellsOfValue, isRawValue, Value, valueOn } from "./value.ts";
import { arrivesAsBase } from "../wire/handles.ts";

/**
 * A {@linkcode Value} without a lock: `new Value(typecode, value, { lock: false })`. `get`, `set`, `add` and `compareAndSwap` are atomic all the same. Every `Value`
 * that has no lock is an `instanceof` it, also one that arrived from another unit.
 *
 * *Differs from Python*: the number is behind methods, or in `view`.
 *
 * @typeParam C The typecode.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const value = new mp.RawValue("d", 1.5);
 * assert.equal(await value.add(1), 2.5);
 * ```
 *
 * Python: `multiprocessing/sharedctypes.py`, `RawValue`.
 */
export class RawValue<C extends Typecode = Typecode> extends Value<C> {
  static {
    arrivesAsBase(this);
  }

  /** Makes a value. @param typecode What it holds. @param value What it begins with. Default 0. @throws {TypeError} as for {@linkcode Value}. */
  constructor(typecode: C, value?: Assignable<C>) {
    super(typecode, value, { lock: false });
  }

  /** Every `Value` without a lock; for a subclass its own instances. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === RawValue ? isRawValue(value) : super[Symbol.hasInstance](value);
  }
}

/**
 * An {@linkcode Array} without a lock: what concerns one element is atomic, a row of them may change while it is read or written. Every `Array` that has no lock is
 * an `instanceof` it, also one that arrived from another unit.
 *
 * *Differs from Python*: the numbers are behind methods, or in `view`.
 *
 * @typeParam C The typecode.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const array = new mp.RawArray("i", [1, 2, 3]);
 * assert.equal(await array.add(-1, 4), 7);
 * ```
 *
 * Python: `multiprocessing/sharedctypes.py`, `RawArray`.
 */
export class RawArray<C extends Typecode = Typecode> extends SharedArray<C> {
  static {
    arrivesAsBase(this);
  }

  /** Makes an array. @param typecode What its elements are. @param sizeOrInitializer As for {@linkcode Array}. @throws as for {@linkcode Array}. */
  constructor(typecode: C, sizeOrInitializer: number | Iterable<Assignable<C>>) {
    super(typecode, sizeOrInitializer, { lock: false });
  }

  /** Every `Array` of this library without a lock; for a subclass its own instances. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === RawArray ? isRawArray(value) : super[Symbol.hasInstance](value);
  }
}

/**
 * A copy with memory of its own, and without a lock. That of memory which only threads share is such memory too.
 *
 * @param shared What to copy; its lock is taken meanwhile.
 * @returns What the copy is, as soon as it has been read.
 * @throws {TypeError} something else.
 */
export function copy<C extends Typecode>(shared: Value<C>): Promise<RawValue<C>>;
/** The same for arrays. @param shared What to copy. @returns the copy. */
export function copy<C extends Typecode>(shared: SharedArray<C>): Promise<RawArray<C>>;
export function copy<C extends Typecode>(shared: Value<C> | SharedArray<C>): Promise<RawValue<C> | RawArray<C>> {
  return observed(copied(shared));
}

async function copied<C extends Typecode>(shared: Value<C> | SharedArray<C>): Promise<RawValue<C> | RawArray<C>> {
  if (shared instanceof Value) {
    const Raw = isOfThreads(cellsOfValue(shared)) ? ThreadRawValue : RawValue;
    return new Raw(shared.typecode, await shared.get() as unknown as Assignable<C>);
  }
  if (shared instanceof SharedArray) {
    const Raw = isOfThreads(cellsOfArray(shared)) ? ThreadRawArray : RawArray;
    return new Raw(shared.typecode, await shared.toArray() as unknown as Iterable<Assignable<C>>);
  }
  throw notShared("copy", shared);
}

/**
 * A handle with a lock on the memory of a value or an array that has none. Who still uses the one without goes past the lock.
 *
 * @param shared A {@linkcode RawValue} or {@linkcode RawArray}, or one made with `lock: false`.
 * @param lock An `RLock`, which others may use too. Default: one of its own.
 * @returns A handle on the same memory.
 * @throws {TypeError} something else, one that has a lock already, another kind of lock, or memory that is in an object server.
 */
export function synchronized<C extends Typecode>(shared: Value<C>, lock?: RLock | null): Value<C>;
/** The same for arrays. @param shared The array. @param lock An `RLock`. @returns a handle on the same memory. */
export function synchronized<C extends Typecode>(shared: SharedArray<C>, lock?: RLock | null): SharedArray<C>;
export function synchronized<C extends Typecode>(shared: Value<C> | SharedArray<C>, lock: RLock | null = null): Value<C> | SharedArray<C> {
  if (lock !== null && !(lock instanceof RLock)) {
    throw new TypeError(`Cannot synchronize shared memory: its lock must be an RLock, received ${typeof lock}`);
  }
  if (shared instanceof Value) return valueOn(withLock(cellsOfValue(shared), lock));
  if (shared instanceof SharedArray) return arrayOn(withLock(cellsOfArray(shared), lock));
  throw notShared("synchronize", shared);
}

function isOfThreads(cells: CellsHandle<Typecode>): boolean {
  return cells instanceof MemoryCells && cells.reach === "threads";
}

function withLock<C extends Typecode>(cells: CellsHandle<C>, lock: RLock | null): MemoryCells<C> {
  if (!(cells instanceof MemoryCells)) {
    throw new TypeError(`Cannot synchronize ${cells.label}: it must be in memory that units share, received one in an object server`);
  }
  if (cells.isLocked) throw new TypeError(`Cannot synchronize ${cells.label}: it must have no lock, received one that is synchronized`);
  return cells.synchronized(lock);
}

function notShared(verb: string, received: unknown): TypeError {
  return new TypeError(
    `Cannot ${verb} shared memory: it must be a Value or an Array, received ${received === null ? "null" : typeof received}`,
  );
}
