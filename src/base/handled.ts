/** Calls that nobody awaited. @module */

/** A call that nobody awaited must not end the program by its rejection. Whoever awaits it still gets it. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
