/** The public `ArrayProxy`. @module */
import { failed } from "../server/request.ts";
import {
  type Assignable,
  type Cells,
  type Elements,
  kindOf,
  type Row,
  rowOf,
  type Stored,
  storedElement,
  type Typecode,
} from "../sharedctypes/typecodes.ts";
import type { ArrayParams } from "./array_object.ts";
import { ask, type Asked, asked, BaseProxy, changeBy, targetOf } from "./base_proxy.ts";

/**
 * Numbers of one type in a manager, made by `await manager.Array("i", [1, 2, 3])`. Types and their ranges are those of `Array` in the main module.
 *
 * @typeParam C The typecode.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * if (mp.isMain(import.meta)) {
 *   await using manager = await mp.Manager();
 *   const array = await manager.Array("i", [1, 2, 3]);
 *   await array.set(-1, 30);
 *   assert.deepEqual(await array.slice(1), [2, 30]);
 *   assert.equal(await array.length(), 3);
 * }
 * ```
 *
 * Python: `multiprocessing/managers.py`, `ArrayProxy`.
 */
export class ArrayProxy<C extends Typecode = Typecode> extends BaseProxy {
  /** What it holds, as Python's letter. */
  get typecode(): C {
    return this.#params.typecode as C;
  }

  /** An element. @param index Below 0: from the end. @throws {RangeError} there is none. */
  get(index: number): Promise<Elements[C]> {
    return ask<Elements[C], Stored>(this, "get", [index], (stored) => kindOf(this.typecode).show(stored) as Elements[C]);
  }

  /** Sets an element. @param index Below 0: from the end. @param value The element. @throws {RangeError} there is none. {@linkcode TypeError} not of its type. */
  set(index: number, value: Assignable<C>): Promise<void> {
    try {
      return ask(this, "set", [index, storedElement(this.typecode, value, `set ${targetOf(this).ref.label}`)]);
    } catch (error) {
      return failed(error);
    }
  }

  /** A copy of some elements. @param start Default 0. @param end The first that is not in it. Default: the length. Both may be below 0. */
  slice(start = 0, end?: number): Promise<Row<C>> {
    const { length } = this.#params;
    return ask<Row<C>, Cells>(this, "slice", [start, end ?? length], (cells) => rowOf(this.typecode, cells));
  }

  /** How many elements there are; it never changes. */
  get length(): Asked<number> {
    return asked(async () => this.#params.length);
  }

  /** Changes the elements by a function, in one step; their number stays. @param fn See {@linkcode ListProxy.update}. @param args What else it gets. */
  update<A extends readonly unknown[], R>(fn: (elements: Elements[C][], ...args: A) => R, ...args: A): Promise<R> {
    return changeBy<R>(this, fn, args);
  }

  /** A copy of all elements. */
  toArray(): Promise<Row<C>> {
    return this.slice();
  }

  /** A copy of all elements. */
  override getValue(): Promise<Row<C>> {
    return this.slice();
  }

  /** A copy of the elements that it has when the iteration begins. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Elements[C], void, undefined> {
    yield* await this.slice() as Iterable<Elements[C]>;
  }

  get #params(): ArrayParams {
    return targetOf(this).ref.params as ArrayParams;
  }
}
