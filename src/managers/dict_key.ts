/** Keys of dictionaries and members of sets: equal when their encodings are. @module */
import { SerializationError } from "../base/errors.ts";
import { encode, type Undo } from "../wire/wire.ts";
import { contentsOf } from "./contents.ts";

/** The bytes of a key. @throws {SerializationError} for what is no plain data: only its contents can make two keys equal. */
export function encodeKey(key: unknown, where = "key"): Uint8Array {
  const carried: Undo[] = [];
  const bytes = encode(Object.is(key, -0) ? 0 : key, { where, carried });
  if (bytes instanceof Uint8Array && carried.length === 0) {
    const contents = typeof key === "object" && key !== null ? contentsOf(bytes) : bytes;
    if (contents !== null) return contents;
  }
  carried.forEach((undo) => undo());
  if (bytes instanceof Promise) bytes.catch(() => {}); // What it is is refused, whatever becomes of it.
  throw new SerializationError(`Cannot use a ${typeof key} as a ${where}: it must be plain data, whose contents can be compared`);
}

/** The bytes as a text that can be a key of a Map. */
export function nameOfKey(bytes: Uint8Array): string {
  let name = "";
  for (let at = 0; at < bytes.length; at += 4096) name += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return name;
}

/** Checks a key from a client. @throws {TypeError} when it is not encoded. */
export function checkKey(key: unknown): Uint8Array {
  if (key instanceof Uint8Array) return key;
  throw new TypeError(`Cannot use a key: it must be encoded, received ${typeof key}`);
}
