/**
 * CPython's framing of a byte stream: the length as a signed 32-bit big-endian number, then the bytes;
 * for a length above 0x7fffffff the number -1 and the length as an unsigned 64-bit number.
 *
 * @module
 */
import { ProcessError } from "../base/errors.ts";

/** The bytes that a short frame's header takes. */
export const HEADER_SIZE = 4;
const LONG_HEADER_SIZE = 12;
const LONGEST_SHORT = 0x7fffffff;

/** Frames from here on are not copied together with their neighbours. */
const LARGE = 1 << 16;

/** The bytes that a frame of this length takes on the wire, header included. */
export function framedSize(length: number): number {
  return length + (length > LONGEST_SHORT ? LONG_HEADER_SIZE : HEADER_SIZE);
}

function writeHeader(view: DataView, offset: number, length: number): number {
  if (length <= LONGEST_SHORT) {
    view.setInt32(offset, length);
    return offset + HEADER_SIZE;
  }
  view.setInt32(offset, -1);
  view.setBigUint64(offset + HEADER_SIZE, BigInt(length));
  return offset + LONG_HEADER_SIZE;
}

/** All frames in one new buffer. */
export function joinFrames(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(frames.reduce((size, frame) => size + framedSize(frame.length), 0));
  const view = new DataView(joined.buffer);
  let offset = 0;
  for (const frame of frames) {
    offset = writeHeader(view, offset, frame.length);
    joined.set(frame, offset);
    offset += frame.length;
  }
  return joined;
}

/** The chunks to write for some frames: small ones together, large ones as they are behind a header. */
export function encodeFrames(frames: readonly Uint8Array[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flushSmall = () => {
    if (small.length > 0) chunks.push(joinFrames(small));
    small = [];
  };
  for (const frame of frames) {
    if (frame.length < LARGE) {
      small.push(frame);
      continue;
    }
    flushSmall();
    const header = new Uint8Array(framedSize(frame.length) - frame.length);
    writeHeader(new DataView(header.buffer), 0, frame.length);
    chunks.push(header, frame);
  }
  flushSmall();
  return chunks;
}

/** Cuts a byte stream into frames, however its chunks fall. */
export class FrameDecoder {
  /** The longest frame that is accepted; may be changed between frames. */
  maxFrame: number;
  readonly #emit: (frame: Uint8Array) => void;
  readonly #header = new Uint8Array(LONG_HEADER_SIZE);
  #headerFilled = 0;
  /** Length of the frame whose body is being read; -1 while its header is. */
  #length = -1;
  #parts: Uint8Array[] = [];
  #missing = 0;

  /** @param maxFrame In bytes. @param emit Called for each frame; a frame is a part of the chunk where it lies whole in one. */
  constructor(maxFrame: number, emit: (frame: Uint8Array) => void) {
    this.maxFrame = maxFrame;
    this.#emit = emit;
  }

  /** Whether the stream may end here. */
  get isBetweenFrames(): boolean {
    return this.#length < 0 && this.#headerFilled === 0;
  }

  /** Takes the next bytes of the stream. @throws {ProcessError} for a header that cannot be; the decoder is of no use then. */
  push(chunk: Uint8Array): void {
    let offset = 0;
    while (offset < chunk.length) {
      offset = this.#length < 0 ? this.#readHeader(chunk, offset) : this.#readBody(chunk, offset);
    }
  }

  #readHeader(chunk: Uint8Array, start: number): number {
    let offset = start;
    while (offset < chunk.length) {
      this.#header[this.#headerFilled++] = chunk[offset++]!;
      const length = this.#headerLength();
      if (length === null) continue;
      if (length > this.maxFrame) throw cannotRead(`its length must be at most ${this.maxFrame}, received ${length}`);
      this.#headerFilled = 0;
      this.#length = this.#missing = length;
      if (length === 0) this.#finish(new Uint8Array(0));
      break;
    }
    return offset;
  }

  /** The length that the header gives, or `null` while bytes of it are missing. */
  #headerLength(): number | null {
    if (this.#headerFilled < HEADER_SIZE) return null;
    const view = new DataView(this.#header.buffer);
    const length = view.getInt32(0);
    if (length >= 0) return length;
    if (length !== -1) throw cannotRead(`its length must not be negative, received ${length}`);
    return this.#headerFilled < LONG_HEADER_SIZE ? null : Number(view.getBigUint64(HEADER_SIZE));
  }

  #readBody(chunk: Uint8Array, offset: number): number {
    const part = chunk.subarray(offset, offset + this.#missing);
    this.#missing -= part.length;
    if (this.#missing > 0) this.#parts.push(part);
    else if (this.#parts.length === 0) this.#finish(part);
    else this.#finish(this.#joinParts(part));
    return offset + part.length;
  }

  #joinParts(last: Uint8Array): Uint8Array {
    const frame = new Uint8Array(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      frame.set(part, offset);
      offset += part.length;
    }
    frame.set(last, offset);
    return frame;
  }

  #finish(frame: Uint8Array): void {
    this.#length = -1;
    this.#parts = [];
    this.#emit(frame);
  }
}

function cannotRead(why: string): ProcessError {
  return new ProcessError(`Cannot read a frame: ${why}`);
}

/** The error of a stream that ends where it must not. */
export function truncatedFrame(): ProcessError {
  return cannotRead("the connection ended in the middle of it");
}
