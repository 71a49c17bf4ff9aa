/**
 * A promise whose failure never ends the program: when nobody looks at it, it is reported on stderr instead.
 *
 * @module
 */

/** What to do with a failure that nobody looked at. */
export type Report = (error: unknown) => void;

/**
 * Like a promise, but a rejection that nobody waits for is given to a report, not to the runtime's handler of unhandled rejections.
 * `await`, `then`, `catch` and `finally` count as looking.
 */
export class ObservedPromise<T> extends Promise<T> {
  #seen = false;

  /** Chained promises are plain ones: they report as any promise does. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Wraps a promise. `report` is called at most once, in a later turn than the rejection. */
  static watch<T>(promise: Promise<T>, report: Report): ObservedPromise<T> {
    const observed = new ObservedPromise<T>((resolve, reject) => promise.then(resolve, reject));
    observed.reportUnseen(report);
    return observed;
  }

  /** Gives a failure that nobody looks at to a report, in a later turn. Not by `then`: the report itself is no look. */
  reportUnseen(report: Report): void {
    Promise.prototype.then.call(this, undefined, (error: unknown) => {
      // The next turn: whoever got this promise in the same turn as the failure may still look.
      setTimeout(() => {
        if (!this.#seen) report(error);
      }, 0);
    });
  }

  /** Says that the failure is known some other way. */
  markSeen(): void {
    this.#seen = true;
  }

  /** As a promise's, and notes that somebody looks. */
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#seen = true;
    return super.then(onFulfilled, onRejected);
  }
}
