/** The public side of `imap`: an iterator over results as they come. @module */
import { checkWaitOptions, type GaveUp, timeoutOf, type WaitOptions, watchLimits } from "../base/deadline.ts";
import { TimeoutError } from "../base/errors.ts";
import { failed, observed } from "../server/request.ts";

/** What has become of one item. */
export type Outcome<R> = { ok: true; value: R } | { ok: false; error: unknown } | { done: true };

/** A `next()` that waits. */
export interface ParkedNext<R> {
  /** Settles with the outcome, or rejects when it was cancelled. */
  readonly promise: Promise<Outcome<R>>;
  /** Leaves the line without an outcome. `false`: it had been served before. */
  cancel(reason: unknown): boolean;
}

/** Where the iterator gets its outcomes. */
export interface OutcomeSource<R> {
  /** The next outcome, if it is there. */
  take(): Outcome<R> | null;
  /** Joins the line of those who wait for the next outcome. */
  park(): ParkedNext<R>;
  /** Nobody wants more. */
  stop(): Promise<void>;
}

/**
 * The results of `imap` (in the order of the items) or `imapUnordered` (as they are done). The same as Python's `IMapIterator`.
 *
 * - An item that failed rejects its own `next()`; the iteration goes on with the one after it. (`for await` ends at the first error, as always:
 *   call `next()` to go on.)
 * - An error of the iterable that feeds it comes after the results of the items before, and ends the iteration.
 * - Several calls of `next()` at a time get their results in the order of the calls.
 * - `return()`, and so leaving a `for await`, stops drawing from the iterable and calls its `return()`.
 *
 * *Differs from Python*: it draws only so many items ahead as its window has places; with a `chunksize` above 1 an error costs one item, not a chunk.
 *
 * Python: `multiprocessing/pool.py`, `IMapIterator`.
 */
export class IMapIterator<R> implements AsyncIterableIterator<R> {
  readonly #source: OutcomeSource<R>;

  /**
   * Made by a pool's `imap` and `imapUnordered`.
   *
   * @param source Where the outcomes come from.
   */
  constructor(source: OutcomeSource<R>) {
    this.#source = source;
  }

  /**
   * Waits for the next result.
   *
   * @param options `timeout` in milliseconds (default: for ever), `signal`. When they end the wait no result is lost: the next call gets it.
   * @throws What the item's call threw. @throws {TimeoutError} when the timeout passes first.
   */
  next(options?: WaitOptions): Promise<IteratorResult<R, undefined>> {
    const there = options === undefined ? this.#source.take() : null;
    if (there === null) return observed(this.#next(options));
    return "ok" in there && !there.ok ? failed(there.error) : Promise.resolve(unwrap(there));
  }

  /** Ends the iteration: queued items are withdrawn, running ones are not heard any more. */
  async return(): Promise<IteratorResult<R, undefined>> {
    await this.#source.stop();
    return { done: true, value: undefined };
  }

  /** Itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the iteration, as `return()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.stop();
  }

  async #next(options: WaitOptions | undefined): Promise<IteratorResult<R, undefined>> {
    checkWaitOptions(options);
    options?.signal?.throwIfAborted();
    const there = this.#source.take();
    if (there !== null) return unwrap(there);
    if (options === undefined) return unwrap(await this.#source.park().promise);
    const late = () => new TimeoutError(`Cannot get the next result: the timeout of ${options?.timeout} ms has passed`);
    if (timeoutOf(options?.timeout) === 0) throw late();
    const waiter = this.#source.park();
    const stop = watchLimits(options, (how: GaveUp) => void waiter.cancel(how.aborted ? how.reason : late()));
    try {
      return unwrap(await waiter.promise);
    } finally {
      stop();
    }
  }
}

function unwrap<R>(outcome: Outcome<R>): IteratorResult<R, undefined> {
  if ("done" in outcome) return { done: true, value: undefined };
  if (outcome.ok) return { done: false, value: outcome.value };
  throw outcome.error;
}
