/** `IteratorProxy`: an iterator in a manager. @module */
import { BaseProxy } from "./base_proxy.ts";

/**
 * An iterator in a manager: what a method gives whose type is `"Iterator"` in `methodToTypeid`. Each item is asked for when it is wanted.
 *
 * Python: `multiprocessing/managers.py`, `IteratorProxy`.
 */
export class IteratorProxy<T = unknown> extends BaseProxy implements AsyncIterableIterator<T> {
  /** The next item. @throws What the iterator throws. */
  next(): Promise<IteratorResult<T, undefined>> {
    return this.callMethod("next") as Promise<IteratorResult<T, undefined>>;
  }

  /** Ends the iteration, and lets the iterator go. */
  async return(): Promise<IteratorResult<T, undefined>> {
    await this.callMethod("return");
    this.close();
    return { done: true, value: undefined };
  }

  /** Itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** What the server has behind it. */
export class ServedIterator {
  readonly #items: Iterator<unknown> | AsyncIterator<unknown>;

  /** @param items An iterable or an iterator. @throws {TypeError} neither. */
  constructor(items: unknown) {
    const { [Symbol.asyncIterator]: asyncOf, [Symbol.iterator]: of, next } = (items ?? {}) as Partial<
      AsyncIterable<unknown> & Iterable<unknown> & Iterator<unknown>
    >;
    if (typeof asyncOf === "function") this.#items = asyncOf.call(items);
    else if (typeof of === "function") this.#items = of.call(items);
    else if (typeof next === "function") this.#items = items as Iterator<unknown>;
    else throw new TypeError(`Cannot make an Iterator: it takes an iterable, received ${typeof items}`);
  }

  /** The next item. */
  async next(): Promise<{ done: boolean; value: unknown }> {
    const { done, value } = await this.#items.next();
    return { done: done === true, value: done ? undefined : value };
  }

  /** Ends it. */
  async return(): Promise<void> {
    await this.#items.return?.();
  }
}
