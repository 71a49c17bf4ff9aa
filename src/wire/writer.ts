/** Bytes out: a buffer that grows and is used again for the next message. @module */
import * as tag from "./tags.ts";

/** A buffer that a huge message has blown up is not kept. */
const KEPT_CAPACITY = 1 << 20;

/** Up to this length a loop over the characters beats the runtime's own text encoder. */
const LOOP_LENGTH = 48;

const utf8 = new TextEncoder();

/** Writes primitive values. */
export class Writer {
  bytes = new Uint8Array(4096);
  pos = 0;
  #view = new DataView(this.bytes.buffer);

  /** Makes room for at least `count` more bytes. */
  need(count: number): void {
    if (this.pos + count > this.bytes.length) this.#grow(this.pos + count);
  }

  #grow(capacity: number): void {
    const larger = new Uint8Array(Math.max(capacity, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.pos));
    this.#use(larger);
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  /** A copy of what was written from `start` on. */
  copy(start = 0): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(start, this.pos);
  }

  /** Begins again at the first byte. */
  rewind(): void {
    this.pos = 0;
    if (this.bytes.length > KEPT_CAPACITY) this.#use(new Uint8Array(4096));
  }

  byte(value: number): void {
    this.need(1);
    this.bytes[this.pos++] = value;
  }

  /** A count, length or index. */
  varuint(value: number): void {
    this.need(10);
    while (value > 0x7f) {
      this.bytes[this.pos++] = (value % 0x80) | 0x80;
      value = Math.floor(value / 0x80);
    }
    this.bytes[this.pos++] = value;
  }

  raw(bytes: Uint8Array): void {
    this.need(bytes.length);
    this.bytes.set(bytes, this.pos);
    this.pos += bytes.length;
  }

  float64(value: number): void {
    this.need(8);
    // A NaN that was computed may have other bits than the literal one, depending on the engine and the processor.
    this.#view.setFloat64(this.pos, value === value ? value : NaN, true);
    this.pos += 8;
  }

  /** A number with its tag. */
  number(value: number): void {
    this.need(9);
    const bytes = this.bytes;
    const int = value | 0;
    if (int !== value || (int === 0 && 1 / value < 0)) {
      bytes[this.pos++] = tag.FLOAT64;
      this.float64(value);
    } else if (int >= -16 && int <= tag.MAX_TINY_INT) {
      bytes[this.pos++] = int & 0xff; // the tags of -16 to -1 are their two's complement
    } else if (int >= 0 && int <= 0xff) {
      bytes[this.pos++] = tag.UINT8;
      bytes[this.pos++] = int;
    } else if (int >= -0x8000 && int <= 0x7fff) {
      bytes[this.pos++] = tag.INT16;
      bytes[this.pos++] = int;
      bytes[this.pos++] = int >> 8;
    } else {
      bytes[this.pos++] = tag.INT32;
      this.#view.setInt32(this.pos, int, true);
      this.pos += 4;
    }
  }

  /** A bigint with its tag. */
  bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      this.byte(tag.BIGINT64);
      this.need(8);
      this.#view.setBigInt64(this.pos, value, true);
      this.pos += 8;
      return;
    }
    const digits = (value < 0n ? -value : value).toString(16);
    const length = (digits.length + 1) >> 1;
    this.byte(tag.BIGINT);
    this.byte(value < 0n ? 1 : 0);
    this.varuint(length);
    this.need(length);
    for (let end = digits.length - (length - 1) * 2, i = 0; i < length; i++, end += 2) {
      this.bytes[this.pos++] = parseInt(digits.slice(Math.max(0, end - 2), end), 16);
    }
  }

  /** A string with its tag. */
  string(text: string): void {
    const length = text.length;
    if (length > LOOP_LENGTH) return this.#longString(text);
    this.need(length * 2 + 3);
    const start = this.pos;
    if (length < 32) {
      this.bytes[this.pos++] = tag.SHORT_STRING | length;
    } else {
      this.bytes[this.pos++] = tag.LATIN1;
      this.bytes[this.pos++] = length;
    }
    if (!this.#latin1(text)) {
      this.pos = start;
      this.#utf16(text);
    }
  }

  /** A property's name. */
  key(text: string): void {
    const length = text.length;
    this.need(128);
    const start = this.pos;
    if (length < tag.LONG_KEY) {
      this.bytes[this.pos++] = length;
      if (this.#latin1(text)) return;
      this.pos = start;
    }
    this.bytes[this.pos++] = tag.LONG_KEY;
    this.string(text);
  }

  /** Writes characters as bytes; `false` when one does not fit. The room must be there. */
  #latin1(text: string): boolean {
    const bytes = this.bytes;
    let pos = this.pos;
    let all = 0;
    for (let i = 0; i < text.length; i++) all |= bytes[pos++] = text.charCodeAt(i);
    this.pos = pos;
    return all < 0x100;
  }

  #utf16(text: string): void {
    const length = text.length;
    this.byte(tag.UTF16);
    this.varuint(length);
    this.need(length * 2);
    const bytes = this.bytes;
    let pos = this.pos;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      bytes[pos++] = unit;
      bytes[pos++] = unit >> 8;
    }
    this.pos = pos;
  }

  #longString(text: string): void {
    if (!text.isWellFormed()) return this.#utf16(text);
    const length = text.length;
    // The number of bytes comes first but is known last: guess that all is ASCII, and move the text when the guess was short.
    const start = this.pos;
    this.byte(tag.UTF8);
    this.varuint(length);
    const begin = this.pos;
    this.need(length * 3 + 10);
    const { written } = utf8.encodeInto(text, this.bytes.subarray(begin));
    const moved = start + 1 + varuintSize(written);
    if (moved !== begin) this.bytes.copyWithin(moved, begin, begin + written);
    this.pos = start + 1;
    this.varuint(written);
    this.pos += written;
  }
}

function varuintSize(value: number): number {
  let size = 1;
  for (; value > 0x7f; value = Math.floor(value / 0x80)) size++;
  return size;
}
