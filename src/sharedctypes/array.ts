/** The public `Array`. @module */
import type { WaitOptions } from "../base/deadline.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { failed } from "../server/request.ts";
import type { Lock } from "../sync/lock.ts";
import type { RLock } from "../sync/rlock.ts";
import { registerHandle } from "../wire/handles.ts";
import type { SharedOptions } from "./cells.ts";
import type { CellsHandle } from "./cells_handle.ts";
import type { CellsStatistics } from "./cells_object.ts";
import { createCells, reviveCells } from "./engine.ts";
import {
  type Addable,
  type Assignable,
  type Cells,
  type Elements,
  kindOf,
  type Row,
  rowOf,
  type Stored,
  storedElement,
  storedElements,
  type Typecode,
  type View,
} from "./typecodes.ts";
import { summandOf } from "./value.ts";

/** A handle on cells that are there. */
export let arrayOn: <C extends Typecode>(cells: CellsHandle<C>) => Array<C>;
/** What a handle is on. */
export let cellsOfArray: <C extends Typecode>(array: Array<C>) => CellsHandle<C>;
/** Whether something is an array without a lock. */
export let isRawArray: (value: unknown) => boolean;

/**
 * Numbers of one type in a row, of fixed length, that units share.
 *
 * - **Typecodes, range, place, lock, giving up, death, lifetime**: as for {@linkcode Value}. Rows of `c` are a `Uint8Array`, rows of `u` a text.
 * - **Atomic**: each method is one step, whatever number of elements it reads or writes. In memory without a lock that holds for single elements only.
 * - **Indexes**: negative ones count from the end. One that is out of range is a `RangeError`, in slices it is cut off, as in Python.
 * - **Copies**: what `slice()` gives is a copy; write back with `setSlice()`, or use `view`, which is the memory itself. In the object server a step costs a message:
 *   prefer few large ones.
 *
 * *Differs from Python*: as {@linkcode Value}; slices are methods, and `add` is atomic.
 *
 * @typeParam C The typecode.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const squares = new mp.Array("i", [1, 4, 9, 15]);
 * await squares.set(-1, 16);
 * assert.deepEqual(await squares.slice(2), [9, 16]);
 * await squares.setSlice(0, [0, 0]);
 * assert.equal(await squares.add(1, 5), 5);
 * assert.deepEqual(await squares.toArray(), [0, 5, 9, 16]);
 * assert.deepEqual(await new mp.Array("d", 3).toArray(), [0, 0, 0]);
 * ```
 *
 * Python: `multiprocessing/sharedctypes.py`, `SynchronizedArray`.
 */
export class Array<C extends Typecode = Typecode> {
  #cells: CellsHandle<C>;

  readonly #show = (stored: Stored) => kindOf(this.#cells.typecode).show(stored) as Elements[C];

  static {
    arrayOn = <C extends Typecode>(cells: CellsHandle<C>) => {
      const array = new this("i", 0);
      array.#cells = cells as CellsHandle<Typecode> as CellsHandle<"i">;
      return array as Array<Typecode> as Array<C>;
    };
    cellsOfArray = (array) => array.#cells;
    isRawArray = (value) => typeof value === "object" && value !== null && #cells in value && !value.#cells.isLocked;
  }

  /**
   * Makes an array. Starts nothing; the first use does.
   *
   * @param typecode What its elements are.
   * @param sizeOrInitializer How many elements, all 0; or an iterable of them, whose number is then the length. For `"c"` bytes, for `"u"` a text.
   * @param options `lock`: a `Lock` or `RLock` to guard it, which others may use too; `false`: none. Default: an `RLock` of its own.
   * @throws {TypeError} an unknown typecode, an element that this type cannot hold, a bad size or lock. @throws {RangeError} a size below 0.
   */
  constructor(typecode: C, sizeOrInitializer: number | Iterable<Assignable<C>>, options?: SharedOptions) {
    kindOf(typecode, "make", "an Array");
    registerArray();
    const contents = typeof sizeOrInitializer === "number"
      ? checkedSize(sizeOrInitializer)
      : storedElements(typecode, checkedIterable(typecode, sizeOrInitializer), "make an Array");
    this.#cells = createCells("Array", typecode, contents, options);
  }

  /** What its elements are, as Python's letter. */
  get typecode(): C {
    return this.#cells.typecode;
  }

  /** How many elements it has; never changes. */
  get length(): number {
    return this.#cells.length;
  }

  /**
   * One element.
   *
   * @param index From 0, or from -1 backwards.
   * @param options `timeout` in milliseconds (0: do not wait for the lock), `signal`. Default: waits for ever.
   * @throws {RangeError} there is no such element. @throws {TypeError} an index that is no integer. @throws {TimeoutError} when the lock was not free in
   * time. The signal's reason, when aborted. `BrokenPipeError` when its maker has ended.
   */
  get(index: number, options?: WaitOptions): Promise<Elements[C]> {
    try {
      return this.#cells.call({ method: "get", args: [this.#at(index)], verb: "look at", wait: options, read: this.#show });
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Sets one element.
   *
   * @param index As for {@linkcode Array.get}. @param value Its new value. @param options As for {@linkcode Array.get}.
   * @throws {TypeError} a value that this type cannot hold. Else as {@linkcode Array.get}; then it has not been set.
   */
  set(index: number, value: Assignable<C>, options?: WaitOptions): Promise<void> {
    try {
      const args = [this.#at(index), storedElement(this.typecode, value, `set an element of ${this.#cells.label}`)];
      return this.#cells.call({ method: "set", args, verb: "set", wait: options, read: () => {} });
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Adds to one element, in one step.
   *
   * @param index As for {@linkcode Array.get}. @param n What to add. @param options As for {@linkcode Array.get}.
   * @returns What it is then.
   * @throws {TypeError} for a type that is no number, or a summand that is none. Else as {@linkcode Array.get}; then nothing was added.
   */
  add(index: number, n: Addable<C>, options?: WaitOptions): Promise<Elements[C]> {
    try {
      const args = [this.#at(index), summandOf(this.#cells, n)];
      return this.#cells.call({ method: "add", args, verb: "add to", wait: options, read: this.#show });
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Replaces one element if it is what the caller expects, in one step.
   *
   * @param index As for {@linkcode Array.get}. @param expected What it should be; -0 is not 0, every NaN is the same. @param replacement Its new value.
   * @param options As for {@linkcode Array.get}.
   * @returns Whether it was, and so was replaced.
   * @throws {TypeError} a value that this type cannot hold. Else as {@linkcode Array.get}; then nothing was replaced.
   */
  compareAndSwap(index: number, expected: Assignable<C>, replacement: Assignable<C>, options?: WaitOptions): Promise<boolean> {
    try {
      const what = `replace an element of ${this.#cells.label}`;
      const args = [this.#at(index), storedElement(this.typecode, expected, what), storedElement(this.typecode, replacement, what)];
      return this.#cells.call({
        method: "compareAndSwap",
        args,
        verb: "replace",
        wait: options,
        read: (isReplaced: boolean) => isReplaced,
      });
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * A copy of some elements in a row: an array, for `"c"` a `Uint8Array`, for `"u"` a text.
   *
   * @param start The first, default 0. @param end The one after the last, default the length. Negative: from the end. @param options As for {@linkcode Array.get}.
   * @throws {TypeError} an index that is no integer. Else as {@linkcode Array.get}.
   */
  slice(start?: number, end?: number, options?: WaitOptions): Promise<Row<C>> {
    const read = (cells: Cells) => rowOf(this.typecode, cells);
    try {
      const args = [this.#bound(start, 0), this.#bound(end, this.length)];
      return this.#cells.call({ method: "slice", args, verb: "look at", wait: options, read });
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Sets some elements in a row, in one step.
   *
   * @param start The first. @param values As many as are set. @param options As for {@linkcode Array.get}.
   * @throws {RangeError} when they do not fit. @throws {TypeError} a value that this type cannot hold. Else as {@linkcode Array.get}; then none was set.
   */
  setSlice(start: number, values: Iterable<Assignable<C>>, options?: WaitOptions): Promise<void> {
    try {
      const cells = storedElements(this.typecode, checkedIterable(this.typecode, values), `set a slice of ${this.#cells.label}`);
      const first = this.#bound(start, 0);
      if (first + cells.length > this.length) {
        throw new RangeError(
          `Cannot set a slice of ${this.#cells.label}: from ${start} on there is place for ${
            this.length - first
          }, received ${cells.length}`,
        );
      }
      return this.#cells.call({ method: "setSlice", args: [first, cells], verb: "set", wait: options, read: () => {} });
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Sets some elements in a row to one value, in one step.
   *
   * @param value Their new value. @param start The first, default 0. @param end The one after the last, default the length. @param options As for {@linkcode Array.get}.
   * @throws {TypeError} a value that this type cannot hold. Else as {@linkcode Array.get}; then none was set.
   */
  fill(value: Assignable<C>, start?: number, end?: number, options?: WaitOptions): Promise<void> {
    try {
      const stored = storedElement(this.typecode, value, `fill ${this.#cells.label}`);
      const args = [stored, this.#bound(start, 0), this.#bound(end, this.length)];
      return this.#cells.call({ method: "fill", args, verb: "set", wait: options, read: () => {} });
    } catch (error) {
      return failed(error);
    }
  }

  /** A copy of all elements; as {@linkcode Array.slice}. */
  toArray(options?: WaitOptions): Promise<Row<C>> {
    return this.slice(0, this.length, options);
  }

  /** All elements as they are when the first is asked for: one step. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Elements[C], void, undefined> {
    const read = (cells: Cells) => cells;
    const cells = await this.#cells.call({ method: "slice", args: [0, this.length], verb: "look at", wait: undefined, read });
    for (const stored of cells) yield this.#show(stored);
  }

  /** The lock that guards it: the one it was made with, or its own `RLock`. @throws {TypeError} when it was made with `lock: false`. */
  getLock(): Lock | RLock {
    return this.#cells.lock;
  }

  /**
   * The memory itself, as a typed array: for `Atomics`, and for code that computes. It goes past the lock.
   *
   * @throws {TypeError} when it lives in an object server.
   */
  get view(): View<C> {
    return this.#cells.view as View<C>;
  }

  /** A snapshot for debugging: how often it was read and written. */
  statistics(): Promise<CellsStatistics> {
    return this.#cells.statistics();
  }

  /** `<Array i length=3>`. */
  [inspectNode](): string {
    return `<Array ${this.typecode} length=${this.length}>`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }

  #at(index: number): number {
    const at = this.#fromEnd(index);
    if (at >= 0 && at < this.length) return at;
    throw new RangeError(`Cannot use an element of ${this.#cells.label}: it has ${this.length}, received the index ${index}`);
  }

  /** A bound of a slice: one that is out of range is cut off. */
  #bound(index: number | undefined, absent: number): number {
    return index === undefined ? absent : Math.min(this.length, Math.max(0, this.#fromEnd(index)));
  }

  #fromEnd(index: number): number {
    if (Number.isInteger(index)) return index < 0 ? index + this.length : index;
    const received = typeof index === "number" ? index : typeof index;
    throw new TypeError(`Cannot use elements of ${this.#cells.label}: an index must be an integer, received ${received}`);
  }
}

function checkedSize(size: number): number {
  if (!Number.isInteger(size)) throw new TypeError(`Cannot make an Array: its size must be an integer, received ${size}`);
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new RangeError(`Cannot make an Array: its size must be an integer from 0 on, received ${size}`);
}

function checkedIterable<T>(typecode: Typecode, values: Iterable<T>): Iterable<T> {
  const isText = typeof values === "string";
  if (isText ? typecode === "u" : typeof (values as Iterable<T> | null)?.[Symbol.iterator] === "function") return values;
  const hint = isText && typecode === "c" ? "\n\n    new TextEncoder().encode(text)" : "";
  throw new TypeError(
    `Cannot fill an Array: it takes an iterable of elements, received ${values === null ? "null" : typeof values}${hint}`,
  );
}

let registered = false;

/** Lets arrays travel. */
export function registerArray(): void {
  if (registered) return;
  registered = true;
  registerHandle({
    type: "Array",
    class: Array as unknown as abstract new (...args: never[]) => Array<Typecode>,
    reduce: (array, wait, carry) => cellsOfArray(array).reduce(wait, carry),
    revive: (state) => arrayOn(reviveCells("Array", state)),
  });
}
