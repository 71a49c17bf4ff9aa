/** Waiting for a promise without leaving anything at it. @module */

/** Who waits for a promise. */
export interface Follower<T> {
  fulfilled(value: T): void;
  rejected(error: unknown): void;
}

/**
 * By promises that have not settled. What is given to `then` cannot be taken back, so all of a promise share one: a program may wait for something again and
 * again with a timeout, for days.
 */
const followers = new WeakMap<PromiseLike<unknown>, Set<Follower<never>>>();

/** Tells how a promise settles; the returned function leaves, and nothing is kept. */
export function follow<T>(promise: PromiseLike<T>, follower: Follower<T>): () => void {
  const known = followers.get(promise) as Set<Follower<T>> | undefined;
  const all = known ?? new Set();
  all.add(follower);
  if (known === undefined) {
    followers.set(promise, all as Set<Follower<never>>);
    const tell = (how: (one: Follower<T>) => void) => {
      followers.delete(promise);
      all.forEach(how);
    };
    promise.then((value) => tell((one) => one.fulfilled(value)), (error) => tell((one) => one.rejected(error)));
  }
  return () => void all.delete(follower);
}
