/**
 * Short texts that were read lately: finding one again is faster than making it again, and an engine is faster with keys that are
 * the same string.
 *
 * @module
 */

import { latin1Text } from "./latin1.ts";

const SLOTS = 1024;

/** A direct-mapped table: each text has one slot, a later one takes it over. Its size is bounded. */
export class TextCache {
  readonly #slots: string[] = new Array<string>(SLOTS).fill("");

  /** The Latin-1 text of 1 to 64 bytes at `start`. */
  get(bytes: Uint8Array, start: number, length: number): string {
    let hash = length;
    for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + bytes[start + i]!) | 0;
    const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
    const known = this.#slots[slot]!;
    if (known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === bytes[start + i]) i++;
      if (i === length) return known;
    }
    const text = latin1Text(bytes, start, length);
    this.#slots[slot] = text;
    return text;
  }
}
