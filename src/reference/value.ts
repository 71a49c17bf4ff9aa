/** Users' values on their way between units: the wire format with functions by reference. @module */
import { decode, encode, type Undo } from "../wire/wire.ts";
import { functionHooks } from "./hooks.ts";

export type { Undo };

/**
 * The bytes of a value; a promise when something in it (a function, a handle whose server starts) has to be waited for.
 *
 * @param where The root of the path in error messages.
 * @param carried Gets what to call when the message dies before it is decoded; a failed encoding has done so itself.
 * @param elsewhere The value goes to another host.
 * @throws {SerializationError} when the value cannot travel: at once, or by the promise.
 */
export function encodeValue(value: unknown, where = "value", carried?: Undo[], elsewhere = false): Uint8Array | Promise<Uint8Array> {
  return encode(value, { functions: functionHooks, where, carried, handles: elsewhere ? "far" : "all" });
}

/** The value of such bytes; a promise when a function in it has to be looked up. @throws {SerializationError} for anything else. */
export function decodeValue(bytes: Uint8Array): unknown | Promise<unknown> {
  return decode(bytes, { functions: functionHooks });
}
