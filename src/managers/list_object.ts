/** The list behind every {@linkcode ListProxy}; lives in a manager's server. @module */
import type { Call, Delivery } from "../server/served.ts";
import { HAS_IDENTITY } from "../wire/tags.ts";
import { Container } from "./container.ts";
import { contentsOf } from "./contents.ts";
import { sortValues } from "./sort_values.ts";
import { bytesOf, checkAllStored, checkStored, type Stored, unpackAll } from "./stored.ts";

type Answer<T> = T | Delivery<T> | Promise<T | Delivery<T>>;

/** A list of stored values. Indices below 0 count from the end. */
export class ListObject extends Container {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed: readonly string[] = [
    "get",
    "set",
    "extend",
    "insert",
    "pop",
    "remove",
    "index",
    "count",
    "reverse",
    "sort",
    "slice",
    "size",
    "clear",
    "update",
    "at",
  ];
  #items: Stored[] = [];

  /** An item. @throws {RangeError} there is none. */
  get(_call: Call, index: unknown): Answer<Uint8Array> {
    return this.step(() => this.#show(this.#items[this.#at(index, "get")]!));
  }

  /** An item, or `null` when there is none. */
  at(_call: Call, index: unknown): Answer<Uint8Array | null> {
    return this.step(() => {
      const item = this.#items[index as number];
      return item === undefined ? null : this.#show(item);
    });
  }

  /** Replaces an item. @throws {RangeError} there is none. */
  set(_call: Call, index: unknown, value: unknown): Answer<void> {
    const stored = checkStored(value);
    return this.step(() => {
      const at = this.#at(index, "set");
      this.keeper.keep(stored);
      this.keeper.drop(this.#items[at]!);
      this.#items[at] = stored;
    });
  }

  /** Adds items at the end. */
  extend(_call: Call, values: unknown): Answer<void> {
    const all = checkAllStored(values);
    return this.step(() => {
      for (const stored of all) {
        this.keeper.keep(stored);
        this.#items.push(stored);
      }
    });
  }

  /** Adds an item before another one; beyond the ends it goes to the end, as in Python. */
  insert(_call: Call, index: unknown, value: unknown): Answer<void> {
    const stored = checkStored(value);
    return this.step(() => {
      this.keeper.keep(stored);
      this.#items.splice(index as number, 0, stored);
    });
  }

  /** Takes an item out. @throws {RangeError} there is none. */
  pop(_call: Call, index: unknown): Answer<Uint8Array> {
    return this.step(() => {
      const at = this.#at(index, "pop");
      const [item] = this.#items.splice(at, 1);
      const answer = this.#show(item!);
      this.keeper.drop(item!);
      return answer;
    });
  }

  /** Takes the first equal item out. @throws {RangeError} there is none. */
  remove(_call: Call, value: unknown): Answer<void> {
    return this.step(() => {
      const at = this.#find(checkStored(value), 0, Infinity);
      if (at < 0) throw new RangeError("Cannot remove from a list: no item is equal to the value");
      this.keeper.drop(this.#items.splice(at, 1)[0]!);
    });
  }

  /** Where the first equal item is. @throws {RangeError} nowhere. */
  index(_call: Call, value: unknown, start: unknown, end: unknown): Answer<number> {
    return this.step(() => {
      const at = this.#find(checkStored(value), this.#bound(start, 0), this.#bound(end, this.#items.length));
      if (at < 0) throw new RangeError("Cannot find the index in a list: no item is equal to the value");
      return at;
    });
  }

  /** How many items are equal. */
  count(_call: Call, value: unknown): Answer<number> {
    const isEqual = equalTo(checkStored(value));
    return this.step(() => this.#items.filter(isEqual).length);
  }

  /** Turns the order round. */
  reverse(_call: Call): Answer<void> {
    return this.step(() => void this.#items.reverse());
  }

  /** Sorts. @throws {TypeError} items that have no order; then nothing has changed. */
  sort(_call: Call, how: unknown): Promise<void> {
    return this.longStep(async () => {
      const values = await unpackAll(this.#items.map(bytesOf));
      const order = await sortValues(values, bytesOf(checkStored(how)));
      this.#items = order.map((at) => this.#items[at]!);
    });
  }

  /** A copy of some items in a row. */
  slice(_call: Call, start: unknown, end: unknown): Answer<Uint8Array[]> {
    return this.step(() => {
      const items = this.#items.slice(this.#bound(start, 0), this.#bound(end, this.#items.length));
      return this.keeper.show(items, items.map(bytesOf));
    });
  }

  /** How many items there are. */
  size(_call: Call): Answer<number> {
    return this.step(() => this.#items.length);
  }

  /** Takes all items out. */
  clear(_call: Call): Answer<void> {
    return this.step(() => {
      this.dispose();
      this.#items = [];
    });
  }

  /** See {@linkcode Container.change}. */
  update(_call: Call, fn: unknown): Promise<Uint8Array> {
    return this.change(fn, () => this.#items, (values) => values, async (values, _result, store) => {
      const items = await store(values);
      items.forEach((stored) => this.keeper.keep(stored));
      this.dispose();
      this.#items = items;
    });
  }

  /** For people. */
  describe(): string {
    return `<list of ${this.#items.length}>`;
  }

  protected override contents(): Iterable<Stored> {
    return this.#items;
  }

  #show(item: Stored): Uint8Array | Delivery<Uint8Array> {
    return this.keeper.show([item], bytesOf(item));
  }

  #at(index: unknown, verb: string): number {
    const length = this.#items.length;
    const at = (index as number) < 0 ? (index as number) + length : index as number;
    if (Number.isInteger(at) && at >= 0 && at < length) return at;
    throw new RangeError(`Cannot ${verb} an item of a list: the index must be from ${-length} to ${length - 1}, received ${String(index)}`);
  }

  #bound(index: unknown, absent: number): number {
    if (typeof index !== "number") return absent;
    return index < 0 ? Math.max(0, index + this.#items.length) : index;
  }

  #find(value: Stored, start: number, end: number): number {
    const isEqual = equalTo(value);
    const stop = Math.min(end, this.#items.length);
    for (let at = start; at < stop; at++) if (isEqual(this.#items[at]!)) return at;
    return -1;
  }
}

/** Tells whether items are equal to a value, also where the one shares parts that the other has twice. */
function equalTo(value: Stored): (item: Stored) => boolean {
  const wanted = comparable(value);
  return (item) => sameBytes(comparable(item), wanted);
}

function comparable(stored: Stored): Uint8Array {
  const bytes = bytesOf(stored);
  return (bytes[0]! & HAS_IDENTITY) === 0 ? bytes : contentsOf(bytes) ?? bytes;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
