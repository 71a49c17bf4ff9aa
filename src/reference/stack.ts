/**
 * The user's modules on the call stack.
 *
 * @module
 */
import { library } from "../base/library.ts";
import type { StackFrame } from "../runtime/types.ts";

/** The URLs of the modules on a call stack, nearest first, each once, without this library's. */
export function userFrames(frames: readonly StackFrame[]): string[] {
  const urls = frames.map(({ url }) => url).filter((url) => url !== null);
  return [...new Set(urls)].filter((url) => library === null || !url.startsWith(library.sources));
}
