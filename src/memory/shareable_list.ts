/** The public `ShareableList`. @module */
import { SerializationError } from "../base/errors.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { registerHandle } from "../wire/handles.ts";
import { ListLayout, type Packed, packed, type ShareableItem } from "./list_layout.ts";
import { SharedMemory } from "./shared_memory.ts";

export type { ShareableItem } from "./list_layout.ts";

/** What `new ShareableList()` takes last. */
export interface ShareableListOptions {
  /** The name of the segment. Default: a new one. */
  name?: string | null;
}

/**
 * A list of fixed length in shared memory, with the layout of CPython's: a Python program reads and writes the same list.
 *
 * - **Items**: numbers, 64-bit integers, booleans, texts, bytes and `null`. An item may change its type. A whole number is stored as Python's `int`, unless its
 *   place holds a `float`; an `int` that a `number` cannot hold is read as a `bigint`.
 * - **Places**: a text or bytes get as many bytes as they have, up to the next multiple of 8, at least one more; other items 8. They never grow. Zeros at the
 *   end of texts and bytes are lost, as in Python.
 * - **Travels**, is **closed**, **unlinked** and owned as its {@linkcode SharedMemory} `shm`.
 * - **Not atomic**: use a `Lock` where others write.
 *
 * *Differs from Python*: `get(i)` and `set(i, value)` are methods; places of texts are measured in bytes of UTF-8 (CPython cuts a new text with other characters off).
 *
 * @example
 * ```ts
 * import { ShareableList } from "@fenshen/multiprocessing/shared_memory";
 * import assert from "node:assert/strict";
 *
 * const list = new ShareableList(["howdy", 273.154, 100, null, true]);
 * const other = new ShareableList(null, { name: list.shm.name });
 * other.set(-1, "yes");
 * assert.deepEqual([...list], ["howdy", 273.154, 100, null, "yes"]);
 * other.shm.close();
 * list.shm.close();
 * list.shm.unlink();
 * ```
 *
 * Python: `multiprocessing/shared_memory.py`, `ShareableList`.
 */
export class ShareableList {
  /** Its memory, to be closed and unlinked. */
  readonly shm: SharedMemory;
  readonly #layout: ListLayout;

  /**
   * Makes a list, or attaches one.
   *
   * @param sequence Its items. Default, without a name: none. With a name and without items: the list of that name.
   * @param options `name`.
   * @throws {TypeError} an item of another type; a name whose memory holds no list. @throws {RangeError} an integer of more than 64 bits. Else as {@linkcode SharedMemory}.
   */
  constructor(sequence?: Iterable<ShareableItem> | null, options?: ShareableListOptions) {
    registerShareableList();
    const name = options?.name ?? null;
    if (name !== null && (sequence === undefined || sequence === null)) {
      this.shm = new SharedMemory({ name });
      this.#layout = this.#attached();
      return;
    }
    const items = packedItems(checkedItems(sequence ?? []));
    this.shm = new SharedMemory({ name, create: true, size: ListLayout.sizeOf(items) });
    this.#layout = ListLayout.write(this.shm.buf, items);
  }

  /** How many items it has; never changes. */
  get length(): number {
    return this.#layout.length;
  }

  /** The formats of all items, as Python's `struct` names them. @throws {ClosedError} after `shm.close()`. */
  get format(): string {
    return Array.from({ length: this.length }, (_, index) => this.#open().format(index)).join("");
  }

  /**
   * One item.
   *
   * @param index From 0, or from -1 backwards.
   * @throws {RangeError} there is no such item. @throws {TypeError} an index that is no integer. @throws {ClosedError} after `shm.close()`.
   */
  get(index: number): ShareableItem {
    return this.#open().read(this.#at(index));
  }

  /**
   * Sets one item, of the same type or another.
   *
   * @param index As for {@linkcode ShareableList.get}. @param value The item.
   * @throws {RangeError} when its bytes do not fit into its place; then it has not been set. Else as {@linkcode ShareableList.get}.
   */
  set(index: number, value: ShareableItem): void {
    const layout = this.#open();
    const at = this.#at(index);
    layout.write(at, packed(value, `set an item of a ShareableList`, layout.isFloat(at), layout.storage(at)));
  }

  /** How many items equal a value; bytes by their contents. */
  count(value: ShareableItem): number {
    return [...this].filter((item) => equals(item, value)).length;
  }

  /** The first place of a value; bytes by their contents. @throws {RangeError} it is not in the list. */
  index(value: ShareableItem): number {
    const found = [...this].findIndex((item) => equals(item, value));
    if (found >= 0) return found;
    throw new RangeError(`Cannot find an item of a ShareableList: it must be in it, received ${shown(value)}`);
  }

  /** Its items. */
  *[Symbol.iterator](): Generator<ShareableItem, void, undefined> {
    for (let index = 0; index < this.length; index++) yield this.get(index);
  }

  /** `ShareableList([1, 'a'], name='psm_12ab34cd')`. */
  [inspectNode](): string {
    const items = this.shm.isOpen ? [...this].map(shown).join(", ") : "...";
    return `ShareableList([${items}], name='${this.shm.name}')`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }

  #attached(): ListLayout {
    try {
      return new ListLayout(this.shm.buf);
    } catch (error) {
      this.shm.close();
      throw error;
    }
  }

  /** The layout, while there is memory under it. */
  #open(): ListLayout {
    void this.shm.buf;
    return this.#layout;
  }

  #at(index: number): number {
    if (!Number.isInteger(index)) {
      const received = typeof index === "number" ? index : typeof index;
      throw new TypeError(`Cannot use an item of a ShareableList: an index must be an integer, received ${received}`);
    }
    const at = index < 0 ? index + this.length : index;
    if (at >= 0 && at < this.length) return at;
    throw new RangeError(`Cannot use an item of a ShareableList: it has ${this.length}, received the index ${index}`);
  }
}

/** The items for a list. @throws {TypeError} no iterable. */
export function checkedItems(sequence: Iterable<ShareableItem>): ShareableItem[] {
  if (sequence === null || typeof sequence === "string" || typeof sequence?.[Symbol.iterator] !== "function") {
    const received = sequence === null ? "null" : typeof sequence;
    throw new TypeError(`Cannot make a ShareableList: it takes an iterable of items, received ${received}`);
  }
  return [...sequence];
}

/** Items as a list stores them. @throws As {@linkcode ShareableList}'s constructor for one that cannot be stored. */
export function packedItems(items: ShareableItem[]): Packed[] {
  return items.map((item, index) => packed(item, `make a ShareableList, item ${index}`));
}

function equals(item: ShareableItem, value: ShareableItem): boolean {
  if (item instanceof Uint8Array && value instanceof Uint8Array) {
    return item.length === value.length && item.every((byte, at) => byte === value[at]);
  }
  // A bigint that fits is read as a number.
  return item === value || typeof item === "number" && typeof value === "bigint" && Number.isInteger(item) && BigInt(item) === value;
}

function shown(item: ShareableItem): string {
  if (typeof item === "string") return JSON.stringify(item);
  return item instanceof Uint8Array ? `Uint8Array [${item.join(", ")}]` : String(item);
}

let registered = false;

/** Lets lists travel. */
export function registerShareableList(): void {
  if (registered) return;
  registered = true;
  registerHandle({
    type: "ShareableList",
    class: ShareableList as unknown as abstract new (...args: never[]) => ShareableList,
    reduce: (list) => list.shm.name,
    revive: (name) => {
      if (typeof name !== "string") throw new SerializationError("Cannot revive a ShareableList: its state is no name");
      return new ShareableList(null, { name });
    },
  });
}
