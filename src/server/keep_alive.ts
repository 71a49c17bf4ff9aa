/** One counted hold on the program, for everything in this unit that waits for an object server. @module */
import { runtime } from "../runtime/runtime.ts";

let holders = 0;
let release: (() => void) | null = null;

/** Keeps the program alive until {@linkcode letGo} has been called as often. */
export function hold(): void {
  if (holders++ === 0) release = runtime.keepAlive();
}

/** Ends one {@linkcode hold}. */
export function letGo(): void {
  if (--holders > 0) return;
  release?.();
  release = null;
}

/** Keeps the program alive until the promise settles. Returns the same promise. */
export function holdWhile<T extends PromiseLike<unknown>>(promise: T): T {
  hold();
  promise.then(letGo, letGo);
  return promise;
}
