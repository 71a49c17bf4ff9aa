/** Bytes in: every read checks that the bytes are there. @module */
import { corrupt } from "./corrupt.ts";
import * as tag from "./tags.ts";
import { TextCache } from "./text_cache.ts";
import { latin1Text, LONGEST_PIECE } from "./latin1.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const scratch = new Uint8Array(8);
const scratchView = new DataView(scratch.buffer);
const nothing = new Uint8Array(0);

const keys = new TextCache();

/** How many characters `String.fromCharCode` takes in one call. */
const CHUNK = 4096;

/** Reads primitive values. */
export class Reader {
  bytes: Uint8Array = nothing;
  pos = 0;

  /** Begins a message. */
  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.pos = 0;
  }

  /** Lets go of the message. */
  release(): void {
    this.bytes = nothing;
  }

  /** Claims `count` bytes: their first position. */
  take(count: number): number {
    const start = this.pos;
    if (count > this.bytes.length - start) throw corrupt("it ends too early");
    this.pos = start + count;
    return start;
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  varuint(): number {
    let value = 0;
    for (let factor = 1;; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (!Number.isSafeInteger(value)) throw corrupt("a length is too large");
      if (byte < 0x80) return value;
      if (factor >= 2 ** 49) throw corrupt("a length is too large");
    }
  }

  /** A count of things of at least `size` bytes each: more than the message can hold is refused before room is made for them. */
  count(size = 1): number {
    const count = this.varuint();
    if (count * size > this.bytes.length - this.pos) throw corrupt("it ends too early");
    return count;
  }

  /** A copy of the next bytes, with a buffer of its own. */
  raw(count: number): Uint8Array<ArrayBuffer> {
    const start = this.take(count);
    return this.bytes.slice(start, start + count) as Uint8Array<ArrayBuffer>;
  }

  int16(): number {
    const at = this.take(2);
    return ((this.bytes[at]! | (this.bytes[at + 1]! << 8)) << 16) >> 16;
  }

  int32(): number {
    const at = this.take(4);
    const bytes = this.bytes;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }

  float64(): number {
    this.#toScratch();
    return scratchView.getFloat64(0, true);
  }

  bigint64(): bigint {
    this.#toScratch();
    return scratchView.getBigInt64(0, true);
  }

  #toScratch(): void {
    const at = this.take(8);
    for (let i = 0; i < 8; i++) scratch[i] = this.bytes[at + i]!;
  }

  bigint(): bigint {
    const negative = this.byte();
    if (negative > 1) throw corrupt("a bigint has an unknown sign");
    const length = this.count();
    const start = this.take(length);
    const digits = new Array<string>(length);
    for (let i = 0; i < length; i++) digits[i] = this.bytes[start + i]!.toString(16).padStart(2, "0");
    try {
      const magnitude = BigInt(`0x0${digits.join("")}`);
      return negative === 1 ? -magnitude : magnitude;
    } catch (error) {
      throw corrupt("a bigint is too large", error);
    }
  }

  /** A string of that many Latin-1 characters. */
  latin1(length: number): string {
    let start = this.take(length);
    if (length <= LONGEST_PIECE) return latin1Text(this.bytes, start, length);
    let text = "";
    for (const end = start + length; start < end; start += LONGEST_PIECE) {
      text += latin1Text(this.bytes, start, Math.min(LONGEST_PIECE, end - start));
    }
    return text;
  }

  utf16(): string {
    const length = this.count(2);
    const units = new Array<number>(Math.min(length, CHUNK));
    let text = "";
    for (let done = 0; done < length; done += CHUNK) {
      const size = Math.min(CHUNK, length - done);
      const start = this.take(size * 2);
      units.length = size;
      for (let i = 0; i < size; i++) units[i] = this.bytes[start + i * 2]! | (this.bytes[start + i * 2 + 1]! << 8);
      text += String.fromCharCode.apply(null, units);
    }
    return text;
  }

  utf8(): string {
    const length = this.count();
    const start = this.take(length);
    try {
      return utf8.decode(this.bytes.subarray(start, start + length));
    } catch (error) {
      throw corrupt("a string is not UTF-8", error);
    }
  }

  /** A string value where nothing else may stand. */
  string(): string {
    const first = this.byte();
    if (first >= tag.SHORT_STRING && first < tag.SHORT_ARRAY) return this.latin1(first - tag.SHORT_STRING);
    switch (first) {
      case tag.LATIN1:
        return this.latin1(this.count());
      case tag.UTF16:
        return this.utf16();
      case tag.UTF8:
        return this.utf8();
    }
    throw corrupt("a string is missing");
  }

  /** A property's name. */
  key(): string {
    const length = this.byte();
    if (length <= LONGEST_PIECE) return length === 0 ? "" : keys.get(this.bytes, this.take(length), length);
    if (length < tag.LONG_KEY) return this.latin1(length);
    if (length !== tag.LONG_KEY) throw corrupt("a key is malformed");
    return this.string();
  }
}
