/** One run for several tests: what is costly to start, and tells several things. @module */

/** Calls a function when its result is first asked for, and gives all who ask the same. */
export function once<T>(run: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => result ??= run();
}
