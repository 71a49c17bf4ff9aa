/**
 * The layout of CPython's `ShareableList`: the number of items, their offsets (and the end), their slots, a format for each of 8 bytes, a code for each.
 * Numbers have 8 bytes, little end first.
 *
 * @module
 */
import { utf8Of } from "../base/text.ts";

/** What an item may be. */
export type ShareableItem = number | bigint | boolean | string | Uint8Array | null;

const WORD = 8;
const IS_VALUE = 0;
const IS_TEXT = 1;
const IS_BYTES = 2;
const IS_NONE = 3;

const INTEGER = "q";
const FLOAT = "d";
const BOOLEAN = "xxxxxxx?";
const NONE = "xxxxxx?x";
const TRUE_AT = 7;
/** A byte order mark at the beginning of an item is part of it. */
const text = new TextDecoder("utf-8", { ignoreBOM: true });

/** An item as it is stored. */
export interface Packed {
  /** A format of Python's `struct`. */
  readonly format: string;
  readonly code: number;
  /** At most as long as its slot. */
  readonly bytes: Uint8Array;
}

/**
 * An item as it is stored.
 *
 * @param isFloat A whole number is stored as a floating point number.
 * @param storage Bytes of its slot; else the slot is made for it.
 * @throws {TypeError} this cannot be stored. @throws {RangeError} an integer of more than 64 bits, a text that is longer than its slot, or one with half a surrogate pair.
 */
export function packed(value: unknown, what: string, isFloat = false, storage?: number): Packed {
  if (value === null) return { format: NONE, code: IS_NONE, bytes: new Uint8Array(WORD) };
  if (typeof value === "boolean") {
    const bytes = new Uint8Array(WORD);
    bytes[TRUE_AT] = Number(value);
    return { format: BOOLEAN, code: IS_VALUE, bytes };
  }
  if (typeof value === "number" && (isFloat || !Number.isSafeInteger(value) || Object.is(value, -0))) return float(value);
  if (typeof value === "number" || typeof value === "bigint") return integer(BigInt(value), what);
  if (typeof value === "string") return row(utf8Of(value, `${what}: a text`), IS_TEXT, what, storage);
  if (value instanceof Uint8Array) return row(value, IS_BYTES, what, storage);
  throw new TypeError(`Cannot ${what}: an item must be a number, bigint, boolean, string, Uint8Array or null, received ${typeof value}`);
}

function float(value: number): Packed {
  const bytes = new Uint8Array(WORD);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return { format: FLOAT, code: IS_VALUE, bytes };
}

function integer(value: bigint, what: string): Packed {
  if (BigInt.asIntN(64, value) !== value) throw new RangeError(`Cannot ${what}: an integer must have at most 64 bits, received ${value}`);
  const bytes = new Uint8Array(WORD);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return { format: INTEGER, code: IS_VALUE, bytes };
}

function row(bytes: Uint8Array, code: number, what: string, storage = WORD * (Math.floor(bytes.length / WORD) + 1)): Packed {
  if (bytes.length > storage) {
    throw new RangeError(`Cannot ${what}: an item must fit into the ${storage} bytes of its place, received ${bytes.length} bytes`);
  }
  const padded = new Uint8Array(storage);
  padded.set(bytes);
  return { format: `${storage}s`, code, bytes: padded };
}

/** A list in memory. */
export class ListLayout {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Where each slot begins, and the last one ends. */
  readonly #slots: readonly number[];

  /** @throws {TypeError} when this memory holds no list. */
  constructor(memory: Uint8Array) {
    this.#bytes = memory;
    this.#view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
    const length = memory.length < 2 * WORD ? -1 : this.#word(0);
    const start = (length + 2) * WORD;
    if (!(length >= 0 && start + length * (WORD + 1) <= memory.length)) throw noList();
    this.length = length;
    this.#slots = Array.from({ length: length + 1 }, (_, index) => start + this.#word(index + 1));
    const isOrdered = this.#slots.every((slot, index) => slot >= start && (index === 0 || slot >= this.#slots[index - 1]! + WORD));
    if (!isOrdered || this.#slots[length]! + length * (WORD + 1) > memory.length) throw noList();
  }

  /** The bytes of a new list. */
  static sizeOf(items: readonly Packed[]): number {
    return items.reduce((size, { bytes }) => size + bytes.length + WORD + WORD + 1, 2 * WORD);
  }

  /** Writes a new list. */
  static write(memory: Uint8Array, items: readonly Packed[]): ListLayout {
    const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
    view.setBigInt64(0, BigInt(items.length), true);
    let offset = 0;
    items.forEach(({ bytes }, index) => view.setBigInt64((index + 2) * WORD, BigInt(offset += bytes.length), true));
    const layout = new ListLayout(memory);
    items.forEach((item, index) => layout.write(index, item));
    return layout;
  }

  /** The bytes of a slot. */
  storage(index: number): number {
    return this.#slots[index + 1]! - this.#slots[index]!;
  }

  /** The format of an item. */
  format(index: number): string {
    const at = this.#slots[this.length]! + index * WORD;
    return new TextDecoder().decode(withoutZeros(this.#bytes.slice(at, at + WORD)));
  }

  /** Whether an item is a floating point number. */
  isFloat(index: number): boolean {
    return this.format(index) === FLOAT;
  }

  /** An item. */
  read(index: number): ShareableItem {
    const slot = this.#slots[index]!;
    switch (this.#bytes[this.#codeAt(index)]) {
      case IS_NONE:
        return null;
      case IS_TEXT:
        return text.decode(withoutZeros(this.#bytes.slice(slot, this.#slots[index + 1])));
      case IS_BYTES:
        return withoutZeros(this.#bytes.slice(slot, this.#slots[index + 1]));
    }
    const format = this.format(index);
    if (format === BOOLEAN) return this.#bytes[slot + TRUE_AT] !== 0;
    if (format === FLOAT) return this.#view.getFloat64(slot, true);
    const value = this.#view.getBigInt64(slot, true);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  /** Sets an item, which fits into its slot. */
  write(index: number, { format, code, bytes }: Packed): void {
    const at = this.#slots[this.length]! + index * WORD;
    this.#bytes.fill(0, at, at + WORD);
    this.#bytes.set(new TextEncoder().encode(format), at);
    this.#bytes[this.#codeAt(index)] = code;
    this.#bytes.set(bytes, this.#slots[index]!);
  }

  #codeAt(index: number): number {
    return this.#slots[this.length]! + this.length * WORD + index;
  }

  #word(index: number): number {
    return Number(this.#view.getBigInt64(index * WORD, true));
  }
}

/** Python takes zeros at the end for padding. */
function withoutZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

function noList(): TypeError {
  return new TypeError("Cannot attach a ShareableList: the shared memory of that name must hold one, received something else");
}
