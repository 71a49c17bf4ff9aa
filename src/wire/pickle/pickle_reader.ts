/** Pickled primitives from bytes. @module */
import { corrupt } from "../corrupt.ts";
import { Reader } from "../reader.ts";
import { fromTwosComplement, narrow } from "./integers.ts";
import { decodeText } from "./wtf8.ts";

/** Texts up to this length are tried as ASCII first: most keys are. */
const SHORT = 64;

/** Decimal digits of an integer in protocols 0 and 1: Python has this bound for its own conversions, because they take quadratic time. */
const MOST_DIGITS = 4300;

const ESCAPES = /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g;

/** Reads the arguments of opcodes. */
export class PickleReader extends Reader {
  uint16(): number {
    return this.byte() | (this.byte() << 8);
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  /** A length of eight bytes. */
  uint64(): number {
    const low = this.uint32();
    return this.uint32() * 2 ** 32 + low;
  }

  /** Eight bytes, the first one first. */
  float64BigEndian(): number {
    const at = this.take(8);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 8).getFloat64(0);
  }

  /** A string of that many bytes. */
  text(length: number): string {
    const start = this.take(length);
    if (length <= SHORT && this.#isAscii(start, length)) {
      this.pos = start;
      return this.latin1(length);
    }
    return decodeText(this.bytes.subarray(start, start + length));
  }

  #isAscii(start: number, length: number): boolean {
    for (let i = start; i < start + length; i++) if (this.bytes[i]! > 0x7f) return false;
    return true;
  }

  /** An integer of that many bytes. @param most How many are accepted. */
  integer(length: number, most: number): number | bigint {
    if (length > most) throw corrupt(`it has an integer of ${length} bytes, and at most ${most} are accepted`);
    const start = this.take(length);
    return fromTwosComplement(this.bytes.subarray(start, start + length));
  }

  /** The bytes up to the end of the line, as text. */
  line(): string {
    const start = this.pos;
    const end = this.bytes.indexOf(0x0a, start);
    if (end === -1) throw corrupt("it ends too early");
    this.pos = end + 1;
    return decodeText(this.bytes.subarray(start, end));
  }

  /** A decimal integer or, written `00` and `01`, a boolean. */
  decimalOrBoolean(): number | bigint | boolean {
    const text = this.line();
    if (text === "00") return false;
    if (text === "01") return true;
    return this.#decimal(text);
  }

  /** A decimal integer, with an `L` behind it or without. */
  decimal(): number | bigint {
    return this.#decimal(this.line().replace(/L$/, ""));
  }

  #decimal(text: string): number | bigint {
    if (text.length > MOST_DIGITS + 1) throw corrupt(`it has a decimal integer of more than ${MOST_DIGITS} digits`);
    if (!/^-?\d+$/.test(text)) throw corrupt("an integer is malformed");
    return narrow(BigInt(text));
  }

  /** A decimal number with a fraction. */
  decimalFloat(): number {
    const text = this.line();
    if (/^-?inf$/.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
    if (/^-?nan$/.test(text)) return NaN;
    if (text.length > 100 || !/^-?\d+(\.\d*)?(e[+-]?\d+)?$/.test(text)) throw corrupt("a float is malformed");
    return Number(text);
  }

  /** A string of protocol 0: Latin-1, the rest escaped. */
  escapedText(): string {
    const start = this.pos;
    const end = this.bytes.indexOf(0x0a, start);
    if (end === -1) throw corrupt("it ends too early");
    const text = this.latin1(end - start);
    this.pos = end + 1;
    return text.replace(ESCAPES, (_, short: string | undefined, long: string | undefined) => {
      const code = parseInt(short ?? long!, 16);
      if (code > 0x10ffff) throw corrupt("a string has a character that does not exist");
      return String.fromCodePoint(code);
    });
  }
}
