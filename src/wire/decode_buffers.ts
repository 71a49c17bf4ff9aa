/** Buffers and the views on them: always copies, never windows on the message. @module */
import { viewClasses } from "./builtin.ts";
import { corrupt } from "./corrupt.ts";
import type { Decoder } from "./decoder.ts";
import * as tag from "./tags.ts";

export function decodeBytes(decoder: Decoder): Uint8Array {
  const bytes = decoder.raw(decoder.count());
  decoder.meet(bytes);
  decoder.meet(bytes.buffer);
  return bytes;
}

export function decodeBuffer(decoder: Decoder): ArrayBuffer {
  return decoder.meet(decoder.raw(decoder.count()).buffer);
}

export function decodeResizableBuffer(decoder: Decoder): ArrayBuffer {
  const length = decoder.count();
  const maxByteLength = decoder.varuint();
  if (length > maxByteLength) throw corrupt("a buffer is longer than it may get");
  const buffer = attempt("this runtime cannot make a resizable buffer of that size", () => new ArrayBuffer(length, { maxByteLength }));
  new Uint8Array(buffer).set(decoder.raw(length));
  return decoder.meet(buffer);
}

export function decodeView(decoder: Decoder): ArrayBufferView {
  const finish = decoder.meetLater();
  const kind = decoder.byte();
  const cls = viewClasses[kind & ~tag.TRACKS_LENGTH];
  if (cls === undefined) throw corrupt("this runtime does not have the class of a typed array");
  const buffer = decoder.wholeValue();
  if (!isBuffer(buffer)) throw corrupt("a typed array has no buffer");
  const byteOffset = decoder.varuint();
  const length = (kind & tag.TRACKS_LENGTH) === 0 ? decoder.varuint() : undefined;
  return finish(attempt("a typed array does not fit its buffer", () => new cls(buffer, byteOffset, length)));
}

function isBuffer(value: unknown): value is ArrayBufferLike {
  return value instanceof ArrayBuffer || (typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer);
}

function attempt<T>(failure: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw corrupt(failure, error);
  }
}
