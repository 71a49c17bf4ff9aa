/** What a Connection does with a codec of the user's. @module */
import type { Codec } from "../wire/codec.ts";

/** Encodes with a codec, whose results are looked at. */
export async function encodeWith(codec: Codec, value: unknown): Promise<Uint8Array> {
  const bytes = await codec.encode(value);
  if (bytes instanceof Uint8Array) return bytes;
  throw new TypeError(`Cannot send a value: encode() of its codec must give a Uint8Array, received ${typeof bytes}`);
}
