/** Draws items from any iterable, one after the other, as far as they are wanted. @module */
import { formatError } from "../base/traceback.ts";
import { runtime } from "../runtime/runtime.ts";
import { isThenable } from "./thenable.ts";

/** What a source tells. */
export interface ItemEvents {
  /** Whether one more item may be drawn. */
  wanted(): boolean;
  /** An item was drawn. */
  item(value: unknown): void;
  /** There are no more items; `failure` when the iterable threw. Called at most once, and not after the source was stopped. */
  end(failure: { error: unknown } | null): void;
}

/** Items of one iterable. */
export class ItemSource {
  readonly #iterable: Iterable<unknown> | AsyncIterable<unknown>;
  readonly #events: ItemEvents;
  #iterator: Iterator<unknown> | AsyncIterator<unknown> | null = null;
  /** A `next()` is under way. */
  #drawing = false;
  /** The loop of `pull()` runs: what an item makes wanted at once is for that loop, or many such items would need as many frames of the stack. */
  #pulling = false;
  /** The iterable's own code runs. */
  #inside = false;
  #over = false;

  /** @param iterable Where to draw from. @param events What to do with the items. */
  constructor(iterable: Iterable<unknown> | AsyncIterable<unknown>, events: ItemEvents) {
    this.#iterable = iterable;
    this.#events = events;
  }

  /** Draws as long as more is wanted. An asynchronous iterable is asked for one item at a time. */
  pull(): void {
    if (this.#pulling) return;
    this.#pulling = true;
    try {
      this.#pull();
    } finally {
      this.#pulling = false;
    }
  }

  #pull(): void {
    while (!this.#over && !this.#drawing && this.#events.wanted()) {
      // While the iterable's code runs, what it does may make more wanted: that is for this loop.
      this.#drawing = true;
      let step: IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>>;
      this.#inside = true;
      try {
        this.#iterator ??= iteratorOf(this.#iterable);
        step = this.#iterator.next();
      } catch (error) {
        return this.#end({ error });
      } finally {
        this.#inside = false;
      }
      if (this.#over) this.#letGo().catch(reportCleanup);
      if (isThenable(step)) {
        step.then((late) => this.#came(late, true), (error) => this.#end({ error }));
        return;
      }
      this.#came(step as IteratorResult<unknown>, false);
    }
  }

  /** Draws no more, and lets the iterable clean up. Rejects with what its `return()` throws. */
  async stop(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    // A generator that runs cannot return: it does when it has given its next item.
    if (!this.#inside) await this.#letGo();
  }

  /** The same, for those who cannot wait. A failure is printed. */
  abandon(): void {
    this.stop().catch(reportCleanup);
  }

  async #letGo(): Promise<void> {
    const returned = this.#iterator?.return?.();
    // A generator that waits for something answers only when that has come, which may be never.
    if (this.#drawing) Promise.resolve(returned).catch(reportCleanup);
    else await returned;
  }

  #came(step: IteratorResult<unknown>, late: boolean): void {
    this.#drawing = false;
    if (this.#over) return;
    let item: unknown;
    try {
      if (step.done) return this.#end(null);
      item = step.value;
    } catch (error) {
      return this.#end({ error });
    }
    this.#events.item(item);
    if (late) this.pull();
  }

  #end(failure: { error: unknown } | null): void {
    this.#drawing = false;
    if (this.#over) return;
    this.#over = true;
    this.#events.end(failure);
  }
}

/** Whether something can be drawn from. */
export function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  if (value === null || value === undefined) return false;
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = value as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  return typeof sync === "function" || typeof async === "function";
}

function iteratorOf(iterable: Iterable<unknown> | AsyncIterable<unknown>): Iterator<unknown> | AsyncIterator<unknown> {
  const { [Symbol.asyncIterator]: async } = iterable as Partial<AsyncIterable<unknown>>;
  return async ? async.call(iterable) : (iterable as Iterable<unknown>)[Symbol.iterator]();
}

function reportCleanup(error: unknown): void {
  runtime.writeError(`The iterable given to a pool failed in its return():\n${formatError(error)}\n`);
}
