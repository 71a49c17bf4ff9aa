/** What tasks are given, on its way: an object that travels by reference is held for the receiver, until it has come or never will. @module */
import { type Audience, encodeValue, type Undo } from "../reference/value.ts";

/** Bytes of a value, or the promise of them. */
export type Encoded = Uint8Array | Promise<Uint8Array>;

/**
 * Encodes one item.
 *
 * @param carried Gets what to call when the item is never sent. An item that cannot travel leaves nothing in it.
 * @throws {SerializationError} as `encodeValue`.
 */
export function encodeItem(value: unknown, where: string, audience: Audience, carried: Undo[]): Encoded {
  const own: Undo[] = [];
  const encoded = encodeValue(value, where, own, audience);
  // An encoding that fails later empties it by itself.
  if (own.length > 0) carried.push(() => undo(own));
  return encoded;
}

/** Lets go of what is held for items that are never sent. */
export function undo(carried: Undo[]): void {
  for (const letGo of carried.splice(0)) letGo();
}
