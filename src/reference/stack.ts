/**
 * The user's modules on the call stack.
 *
 * @module
 */
import type { StackFrame } from "../runtime/types.ts";

/** This library's folder, where it is laid out as in its repository; in a bundle it shares a file with the program. */
const own = /^.*\/src\/(?=reference\/[^/]+$)/.exec(import.meta.url)?.[0] ?? null;

/** The URLs of the modules on a call stack, nearest first, each once, without this library's. */
export function userFrames(frames: readonly StackFrame[]): string[] {
  const urls = frames.map(({ url }) => url).filter((url) => url !== null);
  return [...new Set(urls)].filter((url) => own === null || !url.startsWith(own));
}
