/** The public `Value`. @module */
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
  type Elements,
  kindOf,
  type Stored,
  storedElement,
  storedElements,
  type Typecode,
  type View,
} from "./typecodes.ts";

/** A handle on cells that are there. */
export let valueOn: <C extends Typecode>(cells: CellsHandle<C>) => Value<C>;
/** What a handle is on. */
export let cellsOfValue: <C extends Typecode>(value: Value<C>) => CellsHandle<C>;
/** Whether something is a value without a lock. */
export let isRawValue: (value: unknown) => boolean;

/**
 * One number that units share.
 *
 * - **Typecodes**: those of Python's `array`: `b B h H i I` are integers of 8, 16 and 32 bits (small letters with a sign), `l L q Q` of 64 bits, which are
 *   a `bigint` here; `f d` floating point of 32 and 64 bits; `c` is one byte, a `Uint8Array` of length 1; `u` is one character.
 * - **Range**: an integer that is too large or too small wraps around, as in C. A number with a fraction is a `TypeError` for an integer type. Integer types
 *   take a `bigint` or a `number`; `true` is 1.
 * - **Place**: shared memory, of processes and of threads, where this program can map it (`/shared_memory` says what that takes). Elsewhere, and beside a `lock`
 *   that was given, the object server: the same methods, a message each, and no `view`. Those of `getContext("thread")` and of `/dummy` live in a `SharedArrayBuffer` on
 *   every runtime, which no other process can be sent. This one reaches the whole program also after `setStartMethod("thread")`: it may have been made before.
 * - **Atomic**: `get`, `set`, `add` and `compareAndSwap` are one step each; in memory such a step is done when the call returns. More than one step needs the lock:
 *   `value.getLock().run(async () => …)`. Meanwhile others wait with their steps; steps of the scope that has the lock pass. A given plain `Lock` lets all steps of
 *   the unit pass that has it. `view` goes past the lock; with `Atomics` on an integer type it agrees with `add`.
 * - **Giving up**: with `{ timeout, signal }` a step waits no longer for the lock; then it has not happened.
 * - **Death**: the lock of a dead unit is freed; see {@linkcode RLock}. A process that dies with it acquired synchronously frees it too, a thread does not.
 *   When a thread dies that had awaited it, `acquireSync()` gets it only after somebody else has awaited it, or taken a step.
 * - **Lifetime**: the unit that made it, or for a given lock, the unit that made the lock. Afterwards steps in the object server reject with `BrokenPipeError`;
 *   memory stays with the units that have used it, and others reject.
 *
 * *Differs from Python*: `value.value += 1`, which loses updates there, is `await value.add(1)` here; `l` and `L` have 64 bits everywhere; a dead unit's
 * lock is freed; it travels in any value, not only to a child at its start.
 *
 * @typeParam C The typecode.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const counter = new mp.Value("i", 5);
 * assert.equal(await counter.add(-2), 3);
 * await counter.getLock().run(async () => await counter.set(await counter.get() * 2));
 * assert.equal(await counter.get(), 6);
 * await counter.set(2 ** 31);
 * assert.equal(await counter.get(), -(2 ** 31));
 * assert.equal(await counter.compareAndSwap(-(2 ** 31), 7), true);
 * ```
 *
 * Python: `multiprocessing/sharedctypes.py`, `Synchronized`.
 */
export class Value<C extends Typecode = Typecode> {
  #cells: CellsHandle<C>;
  /** As this handle last knew it. */
  #known: Stored | null = null;

  readonly #learn = (stored: Stored): Elements[C] => {
    this.#known = stored;
    return kindOf(this.#cells.typecode).show(stored) as Elements[C];
  };

  static {
    valueOn = <C extends Typecode>(cells: CellsHandle<C>) => {
      const value = new Value("i");
      value.#cells = cells as CellsHandle<Typecode> as CellsHandle<"i">;
      value.#known = null;
      return value as Value<Typecode> as Value<C>;
    };
    cellsOfValue = (value) => value.#cells;
    isRawValue = (value) => typeof value === "object" && value !== null && #cells in value && !value.#cells.isLocked;
  }

  /**
   * Makes a value. Starts nothing; the first use does.
   *
   * @param typecode What it holds.
   * @param value What it begins with. Default 0.
   * @param options `lock`: a `Lock` or `RLock` to guard it, which others may use too; `false`: none. Default: an `RLock` of its own.
   * @throws {TypeError} an unknown typecode, a value that this type cannot hold, a bad lock.
   */
  constructor(typecode: C, value?: Assignable<C>, options?: SharedOptions) {
    kindOf(typecode, "make", "a Value");
    registerValue();
    const contents = value === undefined || value === null ? 1 : storedElements(typecode, [value], "make a Value");
    this.#cells = createCells("Value", typecode, contents, options);
    this.#learn(contents === 1 ? 0 : contents[0]!);
  }

  /** What it holds, as Python's letter. */
  get typecode(): C {
    return this.#cells.typecode;
  }

  /**
   * What it is now.
   *
   * @param options `timeout` in milliseconds (0: do not wait for the lock), `signal`. Default: waits for ever.
   * @throws {TimeoutError} when the lock was not free in time. The signal's reason, when aborted. `BrokenPipeError` when its maker has ended.
   */
  get(options?: WaitOptions): Promise<Elements[C]> {
    return this.#cells.call({ method: "get", args: [0], verb: "look at", wait: options, read: this.#learn });
  }

  /**
   * Sets it.
   *
   * @param value The new value. @param options As for {@linkcode Value.get}.
   * @throws {TypeError} a value that this type cannot hold. Else as {@linkcode Value.get}; then it has not been set.
   */
  set(value: Assignable<C>, options?: WaitOptions): Promise<void> {
    try {
      const stored = storedElement(this.typecode, value, `set ${this.#cells.label}`);
      return this.#cells.call({
        method: "set",
        args: [0, stored],
        verb: "set",
        wait: options,
        read: (answer: Stored) => void this.#learn(answer),
      });
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Adds to it, in one step.
   *
   * @param n What to add; less than 0 subtracts. @param options As for {@linkcode Value.get}.
   * @returns What it is then.
   * @throws {TypeError} for a type that is no number, or a summand that is none. Else as {@linkcode Value.get}; then nothing was added.
   */
  add(n: Addable<C>, options?: WaitOptions): Promise<Elements[C]> {
    try {
      const summand = summandOf(this.#cells, n);
      return this.#cells.call({ method: "add", args: [0, summand], verb: "add to", wait: options, read: this.#learn });
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Replaces it if it is what the caller expects, in one step: what `Atomics.compareExchange` does, for every type.
   *
   * @param expected What it should be; -0 is not 0, every NaN is the same. @param replacement The new value. @param options As for {@linkcode Value.get}.
   * @returns Whether it was, and so was replaced.
   * @throws {TypeError} a value that this type cannot hold. Else as {@linkcode Value.get}; then nothing was replaced.
   */
  compareAndSwap(expected: Assignable<C>, replacement: Assignable<C>, options?: WaitOptions): Promise<boolean> {
    try {
      const what = `replace ${this.#cells.label}`;
      const args = [0, storedElement(this.typecode, expected, what), storedElement(this.typecode, replacement, what)];
      const read = (isReplaced: boolean) => {
        if (isReplaced) this.#learn(args[2]!);
        return isReplaced;
      };
      return this.#cells.call({ method: "compareAndSwap", args, verb: "replace", wait: options, read });
    } catch (error) {
      return failed(error);
    }
  }

  /** The lock that guards it: the one it was made with, or its own `RLock`. @throws {TypeError} when it was made with `lock: false`. */
  getLock(): Lock | RLock {
    return this.#cells.lock;
  }

  /**
   * The memory itself, as a typed array of length 1: for `Atomics`, and for code that computes. It goes past the lock.
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

  /** `<Value i 5>`: the value as this handle last knew. */
  [inspectNode](): string {
    const known = this.typecode === "u" && this.#known !== null ? String.fromCodePoint(Number(this.#known)) : this.#known ?? "unknown";
    return `<Value ${this.typecode} ${known}>`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }
}

/** What to add, as it travels. Not rounded to the type: the sum is. @throws {TypeError} */
export function summandOf(cells: CellsHandle<Typecode>, n: unknown): Stored {
  const kind = kindOf(cells.typecode);
  const what = `add to ${cells.label}`;
  if (!kind.adds) throw new TypeError(`Cannot ${what}: its typecode ${cells.typecode} is no number`);
  const isFloat = cells.typecode === "f" || cells.typecode === "d";
  return isFloat ? kind.accept(n, what) : storedElement(cells.typecode, n, what);
}

let registered = false;

/** Lets values travel. */
export function registerValue(): void {
  if (registered) return;
  registered = true;
  registerHandle({
    type: "Value",
    class: Value as unknown as abstract new (...args: never[]) => Value<Typecode>,
    reduce: (value, wait, carry) => cellsOfValue(value).reduce(wait, carry),
    revive: (state) => valueOn(reviveCells("Value", state)),
  });
}
