/** Data as CPython pickles it, so that a Python program can be at the other end of a connection. Nothing of a message is ever run. @module */
import { SerializationError } from "../../base/errors.ts";
import { corrupt } from "../corrupt.ts";
import { describe } from "../refuse.ts";
import { MAX_DEPTH } from "../tags.ts";
import type { FindGlobal, ReduceObject } from "./global.ts";
import { Pickler } from "./pickler.ts";
import { findSafeGlobal } from "./safe_globals.ts";
import { Unpickler } from "./unpickler.ts";

export type { FindGlobal, GlobalMeaning, PickleReduction, ReduceObject } from "./global.ts";
export { PythonGlobal } from "./global.ts";
export type { PythonException } from "./exceptions.ts";
export { errorFromPython } from "./exceptions.ts";

/** Options of {@linkcode pickleEncode}. */
export interface PickleEncodeOptions {
  /** The protocol, 2 to 5. Default: 4, which every Python from 3.4 on reads. */
  protocol?: number;
  /** The root of the path in error messages. Default: `"value"`. */
  where?: string;
  /** The deepest nesting sent. Default: 10,000. */
  maxDepth?: number;
  /** How objects that are no data are written. Asked before errors, typed arrays and plain objects are. Default: they are refused. */
  reduce?: ReduceObject;
}

/** Options of {@linkcode pickleDecode}. */
export interface PickleDecodeOptions {
  /** The longest message accepted, in bytes. Default: no limit. */
  maxBytes?: number;
  /** The deepest nesting accepted. Default: 10,000. */
  maxDepth?: number;
  /** The most entries of the memo accepted. Default: as many as the message has bytes. */
  maxMemo?: number;
  /** The longest integer accepted, in bytes. Default: 1 MiB. */
  maxIntegerBytes?: number;
  /** What further classes and functions of Python mean here. Asked after the fixed list. Default: all others are refused. */
  globals?: FindGlobal;
}

/**
 * Pickles a value. It is read once, before this returns.
 *
 * `null` and `undefined` go as None, a safe integer and a bigint as int, any other number (-0 too) as float, a `Uint8Array` and an
 * `ArrayBuffer` as bytes, other typed arrays as `array.array`, an array as list (holes as None), a frozen array as tuple, a `Set` as set, a frozen
 * `Set` as frozenset, a `Map` and a plain object as dict, an error as the exception of the same meaning. One object in several places stays one, cycles too.
 *
 * @throws {SerializationError} when a part of the value has no form in Python, with the path to it.
 * @throws {RangeError} for an unknown protocol.
 * @example
 * ```ts
 * import { pickleDecode, pickleEncode } from "@fenshen/multiprocessing/connection";
 * import assert from "node:assert/strict";
 *
 * const bytes = pickleEncode({ name: "Ada", point: Object.freeze([1, 2.5]) });
 * assert.deepEqual(pickleDecode(bytes), new Map<string, unknown>([["name", "Ada"], ["point", [1, 2.5]]]));
 * ```
 */
export function pickleEncode(value: unknown, options: PickleEncodeOptions = {}): Uint8Array<ArrayBuffer> {
  const { protocol = 4, where = "value", maxDepth = MAX_DEPTH, reduce } = options;
  if (![2, 3, 4, 5].includes(protocol)) {
    throw new RangeError(`Cannot pickle a value: the protocol must be 2, 3, 4 or 5, received ${String(protocol)}`);
  }
  return new Pickler({ protocol, where, maxDepth, reduce }).dump(value);
}

/**
 * Reads the data of a pickle, of any protocol.
 *
 * None is `null`, int a number where safe and else a bigint, float a number, bytes and bytearray a `Uint8Array`, `array.array` a typed array, list an array,
 * tuple a frozen array, set a `Set`, frozenset a frozen `Set`, dict a `Map` (a key `__proto__` is a key like any other), an exception of Python's own our
 * error of the same meaning, else a `RemoteError`; its property `python` says what it was.
 *
 * *Differs from Python*: a class or function outside of a fixed list is refused, and what a pickle says is never run.
 *
 * @throws {SerializationError} for bytes that are no pickle of data, for a class or function that is not safe (the message names it), and for more
 * than the limits allow.
 * @example
 * ```ts
 * import { pickleDecode } from "@fenshen/multiprocessing/connection";
 * import assert from "node:assert/strict";
 *
 * const gadget = new TextEncoder().encode("cos\nsystem\n(S'true'\ntR.");
 * assert.throws(() => pickleDecode(gadget), { name: "SerializationError", message: /os\.system/ });
 * ```
 */
export function pickleDecode(bytes: Uint8Array, options: PickleDecodeOptions = {}): unknown {
  const { maxBytes = Infinity, maxDepth = MAX_DEPTH, maxMemo = Infinity, maxIntegerBytes = 1 << 20, globals } = options;
  if (!(bytes instanceof Uint8Array)) throw corrupt(`it must be a Uint8Array, received ${describe(bytes)}`);
  if (bytes.length > maxBytes) throw corrupt(`it has ${bytes.length} bytes, and at most ${maxBytes} are accepted`);
  // A Buffer of Node has methods of other meaning, and shared memory may change meanwhile.
  const own = bytes.buffer instanceof ArrayBuffer ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : new Uint8Array(bytes);
  const find: FindGlobal = globals === undefined ? findSafeGlobal : (module, name) => findSafeGlobal(module, name) ?? globals(module, name);
  try {
    return new Unpickler(own, { maxDepth, maxMemo, maxIntegerBytes }, find).load();
  } catch (error) {
    if (error instanceof SerializationError) throw error;
    // An engine says so when a string, a bigint or a Map would be larger than it can hold.
    if (error instanceof RangeError) throw corrupt("a part of it is larger than this runtime can hold", error);
    throw error;
  }
}
