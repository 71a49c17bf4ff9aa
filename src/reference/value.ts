/** Users' values on their way between units: the wire format with functions by reference, and shared memory between threads. @module */
import { decode, encode, type Undo } from "../wire/wire.ts";
import type { SharedMemoryHooks } from "../wire/hooks.ts";
import { functionHooks } from "./hooks.ts";
import { sentOften, sentOnce } from "./shared_buffers.ts";

export type { Undo };

/**
 * Who will decode a message:
 *
 * - `"once"`: one unit of this host, once, if any. Which process it belongs to shows when it does.
 * - `"often"`: nobody knows how often; what is shared in it stays.
 * - `"process"`: a unit of another process.
 * - `"elsewhere"`: a unit of another host.
 */
export type Audience = "once" | "often" | "process" | "elsewhere";

const sharedMemory: Record<Audience, SharedMemoryHooks | undefined> = {
  once: sentOnce,
  often: sentOften,
  process: undefined,
  elsewhere: undefined,
};

/**
 * The bytes of a value; a promise when something in it (a function, a handle whose server starts, a shared buffer) has to be waited for.
 *
 * @param where The root of the path in error messages.
 * @param carried Gets what to call when the message dies before it is decoded; a failed encoding has done so itself.
 * @param audience Who will decode it.
 * @throws {SerializationError} when the value cannot travel: at once, or by the promise.
 */
export function encodeValue(
  value: unknown,
  where = "value",
  carried?: Undo[],
  audience: Audience = "once",
): Uint8Array | Promise<Uint8Array> {
  const handles = audience === "elsewhere" ? "far" : "all";
  return encode(value, { functions: functionHooks, sharedMemory: sharedMemory[audience], where, carried, handles });
}

/** The value of such bytes; a promise when a function or a shared buffer in it has to be looked up. @throws {SerializationError} for anything else. */
export function decodeValue(bytes: Uint8Array): unknown | Promise<unknown> {
  return decode(bytes, { functions: functionHooks, sharedMemory: sentOnce });
}
