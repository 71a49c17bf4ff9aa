/** The contents of encoded values: what is equal, whether its parts are shared or not. @module */
import { decode, encode } from "../wire/wire.ts";
import { HAS_REFERENCES } from "../wire/tags.ts";

/** Bytes that are equal when the contents of plain data are. `null` for anything else, and for what contains itself. */
export function contentsOf(bytes: Uint8Array): Uint8Array | null {
  if ((bytes[0]! & HAS_REFERENCES) !== 0) return null;
  try {
    return encode(apart(decode(bytes, { handles: false }), new Set())) as Uint8Array;
  } catch {
    return null; // A handle, or more nesting than there is stack: whoever compares goes by the bytes, or refuses it.
  }
}

/** A copy in which no part is met twice, and no view shows a part of its buffer. @throws {RangeError} for what contains itself. */
function apart(value: unknown, within: Set<object>): unknown {
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? 0 : value;
  if (within.has(value)) throw new RangeError("Cannot compare a value: it contains itself");
  within.add(value);
  const copy = copyOf(value, (part) => apart(part, within));
  within.delete(value);
  return copy;
}

function copyOf(value: object, part: (value: unknown) => unknown): object {
  if (value instanceof Map) return new Map(Array.from(value, ([key, item]) => [part(key), part(item)]));
  if (value instanceof Set) return new Set(Array.from(value, part));
  if (value instanceof DataView) return new DataView(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));
  if (ArrayBuffer.isView(value)) return (value as Uint8Array).slice();
  const isPlain = Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
  // Another object has no parts here: one that is made of its own encoding is met once.
  if (!isPlain) return decode(encode(value) as Uint8Array) as object;
  const copy: object = Array.isArray(value) ? new Array(value.length) : Object.create(Object.getPrototypeOf(value));
  for (const [key, item] of Object.entries(value)) {
    Object.defineProperty(copy, key, { value: part(item), writable: true, enumerable: true, configurable: true });
  }
  return copy;
}
