/** How values become the bytes of messages. @module */

/** Turns values into bytes and back: what a Connection between programs speaks. */
export interface Codec {
  /** The bytes of a value. Called in the call to `send()`; what it throws rejects that call. */
  encode(value: unknown): Uint8Array | Promise<Uint8Array>;
  /** The value of such bytes, or a promise of it. They come from another program: it must not trust them. */
  decode(bytes: Uint8Array): unknown;
}
