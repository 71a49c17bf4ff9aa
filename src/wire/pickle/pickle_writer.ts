/** Pickled primitives to bytes. @module */
import { Writer } from "../writer.ts";
import { toTwosComplement } from "./integers.ts";
import * as op from "./opcodes.ts";
import { encodeText } from "./wtf8.ts";

/** The first protocol that has short strings, framing, sets and STACK_GLOBAL. */
const PROTOCOL_4 = 4;

/** PROTO and its version. */
const HEADER_SIZE = 2;
/** FRAME and its length. */
const FRAME_SIZE = 9;
/** CPython frames nothing shorter. */
const SHORTEST_FRAME = 4;

/** Writes opcodes with their arguments. */
export class PickleWriter extends Writer {
  readonly protocol: number;

  constructor(protocol: number) {
    super();
    this.protocol = protocol;
    this.byte(op.PROTO);
    this.byte(protocol);
    if (this.isModern) this.pos += FRAME_SIZE; // filled in at the end
  }

  /** Whether the protocol is 4 or later. */
  get isModern(): boolean {
    return this.protocol >= PROTOCOL_4;
  }

  /** The message. */
  finish(): Uint8Array<ArrayBuffer> {
    this.byte(op.STOP);
    if (!this.isModern) return this.copy();
    const start = HEADER_SIZE + FRAME_SIZE;
    const length = this.pos - start;
    if (length < SHORTEST_FRAME) {
      this.bytes.copyWithin(HEADER_SIZE, start, this.pos);
      this.pos -= FRAME_SIZE;
      return this.copy();
    }
    const end = this.pos;
    this.pos = HEADER_SIZE;
    this.byte(op.FRAME);
    this.uint64(length);
    this.pos = end;
    return this.copy();
  }

  uint16(value: number): void {
    this.byte(value & 0xff);
    this.byte(value >> 8);
  }

  uint32(value: number): void {
    this.need(4);
    for (let shift = 0; shift < 32; shift += 8) this.bytes[this.pos++] = value >>> shift;
  }

  uint64(value: number): void {
    this.uint32(value % 2 ** 32);
    this.uint32(Math.floor(value / 2 ** 32));
  }

  /** A safe integer as int, any other number as float; -0 is a float, which keeps its sign. */
  pythonNumber(value: number): void {
    const int = value | 0;
    if (int === value && (int !== 0 || 1 / value > 0)) return this.#int32(int);
    if (Number.isSafeInteger(value) && value !== 0) return this.pythonInt(BigInt(value));
    this.byte(op.BINFLOAT);
    this.need(8);
    new DataView(this.bytes.buffer).setFloat64(this.pos, value);
    this.pos += 8;
  }

  #int32(int: number): void {
    if (int >= 0 && int <= 0xff) {
      this.byte(op.BININT1);
      this.byte(int);
    } else if (int >= 0 && int <= 0xffff) {
      this.byte(op.BININT2);
      this.uint16(int);
    } else {
      this.byte(op.BININT);
      this.uint32(int);
    }
  }

  /** An integer of any size. */
  pythonInt(value: bigint): void {
    if (BigInt.asIntN(32, value) === value) return this.#int32(Number(value));
    const bytes = toTwosComplement(value);
    if (bytes.length <= 0xff) {
      this.byte(op.LONG1);
      this.byte(bytes.length);
    } else {
      this.byte(op.LONG4);
      this.uint32(bytes.length);
    }
    this.raw(bytes);
  }

  pythonStr(text: string): void {
    const bytes = encodeText(text);
    this.#sized(bytes, this.isModern ? op.SHORT_BINUNICODE : null, op.BINUNICODE, op.BINUNICODE8);
  }

  /** Bytes, from protocol 3 on. */
  pythonBytes(bytes: Uint8Array): void {
    this.#sized(bytes, op.SHORT_BINBYTES, op.BINBYTES, op.BINBYTES8);
  }

  #sized(bytes: Uint8Array, short: number | null, middle: number, long: number): void {
    const { length } = bytes;
    if (short !== null && length <= 0xff) {
      this.byte(short);
      this.byte(length);
    } else if (length <= 0xffffffff) {
      this.byte(middle);
      this.uint32(length);
    } else {
      this.byte(long);
      this.uint64(length);
    }
    this.raw(bytes);
  }

  /** Gives what was written last the next number; the caller counts. */
  memoize(index: number): void {
    if (this.isModern) return this.byte(op.MEMOIZE);
    this.#indexed(op.BINPUT, op.LONG_BINPUT, index);
  }

  /** Writes what has that number. */
  recall(index: number): void {
    this.#indexed(op.BINGET, op.LONG_BINGET, index);
  }

  #indexed(short: number, long: number, index: number): void {
    if (index <= 0xff) {
      this.byte(short);
      this.byte(index);
    } else {
      this.byte(long);
      this.uint32(index);
    }
  }

  /** A class or function; in protocol 4 the caller writes the two names first. */
  globalLines(module: string, name: string): void {
    this.byte(op.GLOBAL);
    this.raw(encodeText(`${module}\n${name}\n`));
  }
}
