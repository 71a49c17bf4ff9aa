/**
 * Work that must not be cut off: what a unit has promised to others and not yet delivered.
 * The end of a unit waits for it; a program stays alive for it.
 *
 * @module
 */

const pending = new Set<PromiseLike<unknown>>();

/** Remembers a promise until it settles; a unit that ends waits for it. Returns the same promise. */
export function trackPending<T extends PromiseLike<unknown>>(promise: T): T {
  pending.add(promise);
  const forget = () => void pending.delete(promise);
  promise.then(forget, forget);
  return promise;
}

/** Stops waiting for a promise at the end of the unit (Python's `cancel_join_thread`). */
export function untrackPending(promise: PromiseLike<unknown>): void {
  pending.delete(promise);
}

/** Settles when nothing is pending any more, also what was added meanwhile. Never rejects. */
export async function allPendingSettled(): Promise<void> {
  while (pending.size > 0) await Promise.allSettled([...pending]);
}
