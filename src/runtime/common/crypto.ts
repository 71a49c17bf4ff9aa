/** Random bytes, and what proves that somebody has a key. @module */
import type { Digest } from "../types.ts";
import { node } from "./builtins.ts";

/** Not by `node:crypto`: to load it takes 10 ms on Bun and 30 on Deno, for which every child that is sent a shared object would wait. */
export function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** The HMAC of a message. */
export function hmac(digest: Digest, key: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(node.crypto.createHmac(digest, key).update(message).digest());
}

/** Looks at every byte, wherever the first difference is. Not by `node:crypto` either. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}
