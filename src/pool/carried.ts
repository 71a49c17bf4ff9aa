/** What tasks carry: an object that travels by reference is held for the receiver, until it has come or never will. @module */
import { Connection } from "../connection/connection.ts";
import { type Audience, encodeValue, type Undo } from "../reference/value.ts";

/** Bytes of a value, or the promise of them. */
export type Encoded = Uint8Array | Promise<Uint8Array>;

/**
 * Encodes one item.
 *
 * @param carried Gets, at the place `at`, what to call when the item is never decoded. An item that cannot travel leaves nothing in it.
 * @throws {SerializationError} as `encodeValue`.
 */
export function encodeItem(value: unknown, where: string, audience: Audience, carried: Undo[], at = 0): Encoded {
  const own: Undo[] = [];
  const encoded = encodeValue(value, where, own, audience);
  // An encoding that fails later empties it by itself.
  if (own.length > 0) carried[at] = () => undo(own);
  return encoded;
}

/** Lets go of what is held for items that are never decoded. Items that carry nothing have left holes. */
export function undo(carried: Undo[]): void {
  carried.splice(0).forEach((letGo) => letGo());
}

/** Closes the Connections in a value that was decoded and that nobody will get: they have moved here. All else goes with the garbage. */
export function discard(value: unknown): void {
  const seen = new Set<unknown>();
  // No recursion: values may nest deeper than the stack.
  const left = [value];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== "object" || part === null || seen.has(part)) continue;
    seen.add(part);
    if (part instanceof Connection) part.close();
    else for (const inner of partsOf(part)) left.push(inner);
  }
}

/** Of a class of the user's nobody knows what a look at it does. */
function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return value;
  const isPlain = Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
  return isPlain ? Object.values(value) : [];
}
