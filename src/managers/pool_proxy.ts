/** `PoolProxy`: a pool in a manager. @module */
import { checkWaitOptions, type WaitOptions, within } from "../base/deadline.ts";
import { AsyncResult, MapResult } from "../pool/results.ts";
import type { ApplyOptions, ImapOptions, MapAsyncOptions, MapOptions, TaskOptions } from "../pool/pool.ts";
import { failed } from "../server/request.ts";
import { BaseProxy } from "./base_proxy.ts";
import type { IteratorProxy } from "./iterator_proxy.ts";

type AnyFunction = (...args: never[]) => unknown;

/**
 * A pool of workers that a manager has, made by `await manager.Pool(4)`: any unit may give it tasks. Methods are those of `Pool`; see there.
 *
 * - Workers belong to the manager and end with it, or when nobody refers to the pool any more.
 * - Functions and arguments go through the manager, which must be able to import their modules.
 * - `timeout`, `grace`, `retries` and `chunksize` are honoured over there. An aborted `signal` ends the wait here; the task goes on. One that was
 *   aborted before begins none.
 * - An iterable is read to its end before the tasks begin.
 *
 * Python: `multiprocessing/managers.py`, `PoolProxy`.
 */
export class PoolProxy extends BaseProxy {
  /** See `Pool.apply`. @param fn What to call. @param args Its arguments. @param options `timeout`, `signal`, `grace`, `retries`. */
  apply<A extends readonly unknown[] | [], R>(fn: (...args: A) => R, args?: Readonly<A>, options?: TaskOptions): Promise<Awaited<R>> {
    return this.#run("apply", [fn, [...args ?? []]], options);
  }

  /** See `Pool.applyAsync`. @param fn What to call. @param args Its arguments. @param options Also `callback`, `errorCallback`, called here. */
  applyAsync<A extends readonly unknown[] | [], R>(
    fn: (...args: A) => R,
    args?: Readonly<A>,
    options?: ApplyOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>> {
    const promise = this.#run<Awaited<R>>("apply", [fn, [...args ?? []]], options);
    return new AsyncResult((resolve, reject) => settle(promise, options, resolve, reject));
  }

  /** See `Pool.map`. @param fn What to call. @param iterable The items. @param options `chunksize`, and as `apply`. */
  map<T, R>(fn: (item: T) => R, iterable: Iterable<T> | AsyncIterable<T>, options?: MapOptions): Promise<Awaited<R>[]> {
    return this.#map("map", fn, iterable, options);
  }

  /** See `Pool.mapAsync`. @param fn What to call. @param iterable The items. @param options Also `callback`, `errorCallback`, called here. */
  mapAsync<T, R>(
    fn: (item: T) => R,
    iterable: Iterable<T> | AsyncIterable<T>,
    options?: MapAsyncOptions<Awaited<R>[]>,
  ): MapResult<Awaited<R>> {
    const promise = this.#map<Awaited<R>>("map", fn, iterable, options);
    return new MapResult((resolve, reject) => settle(promise, options, resolve, reject));
  }

  /** See `Pool.starmap`. @param fn What to call. @param iterable The arguments. @param options `chunksize`, and as `apply`. */
  starmap<A extends readonly unknown[] | [], R>(
    fn: (...args: A) => R,
    iterable: Iterable<Readonly<A>> | AsyncIterable<Readonly<A>>,
    options?: MapOptions,
  ): Promise<Awaited<R>[]> {
    return this.#map("starmap", fn, iterable, options);
  }

  /** See `Pool.starmapAsync`. @param fn What to call. @param iterable The arguments. @param options Also `callback`, `errorCallback`, called here. */
  starmapAsync<A extends readonly unknown[] | [], R>(
    fn: (...args: A) => R,
    iterable: Iterable<Readonly<A>> | AsyncIterable<Readonly<A>>,
    options?: MapAsyncOptions<Awaited<R>[]>,
  ): MapResult<Awaited<R>> {
    const promise = this.#map<Awaited<R>>("starmap", fn, iterable, options);
    return new MapResult((resolve, reject) => settle(promise, options, resolve, reject));
  }

  /** See `Pool.imap`. @param fn What to call. @param iterable The items. @param options `chunksize`, `buffersize`, and as `apply`. */
  imap<T, R>(
    fn: (item: T) => R,
    iterable: Iterable<T> | AsyncIterable<T>,
    options?: ImapOptions,
  ): AsyncGenerator<Awaited<R>, void, undefined> {
    return this.#imap("imap", fn, iterable, options);
  }

  /** See `Pool.imapUnordered`. @param fn What to call. @param iterable The items. @param options As for `imap`. */
  imapUnordered<T, R>(
    fn: (item: T) => R,
    iterable: Iterable<T> | AsyncIterable<T>,
    options?: ImapOptions,
  ): AsyncGenerator<Awaited<R>, void, undefined> {
    return this.#imap("imapUnordered", fn, iterable, options);
  }

  /** Accepts no more work, and lets go of the pool only when {@linkcode PoolProxy.join} is done: see `Pool.close`. */
  override close(): void {
    void this.callMethod("close");
  }

  /** See `Pool.terminate`. */
  async terminate(): Promise<void> {
    await this.callMethod("terminate");
  }

  /** See `Pool.join`. */
  async join(): Promise<void> {
    await this.callMethod("join");
  }

  /** Terminates the pool. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
    super.close();
  }

  #run<R>(method: string, args: readonly unknown[], options: (WaitOptions & MapOptions) | undefined): Promise<R> {
    try {
      checkWaitOptions({ signal: options?.signal });
      options?.signal?.throwIfAborted();
    } catch (error) {
      return failed(error);
    }
    const done = this.callMethod(method, [...args, portable(options)]) as Promise<R>;
    return options?.signal ? within(done, { signal: options.signal }) : done;
  }

  async #map<R>(method: string, fn: AnyFunction, iterable: Iterable<unknown> | AsyncIterable<unknown>, options?: MapOptions): Promise<R[]> {
    return await this.#run<R[]>(method, [fn, Symbol.iterator in iterable ? [...iterable] : await drained(iterable)], options);
  }

  async *#imap<R>(
    method: string,
    fn: AnyFunction,
    iterable: Iterable<unknown> | AsyncIterable<unknown>,
    options?: ImapOptions,
  ): AsyncGenerator<R, void, undefined> {
    const items = Symbol.iterator in iterable ? [...iterable] : await drained(iterable);
    yield* await this.#run<IteratorProxy<R>>(method, [fn, items], options);
  }
}

function settle<T>(
  promise: Promise<T>,
  options: ApplyOptions<T> | undefined,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): void {
  promise.then((value) => {
    options?.callback?.(value);
    resolve(value);
  }, (error) => {
    options?.errorCallback?.(error);
    reject(error);
  }).catch(reject); // A callback that throws is the result's failure.
}

async function drained(iterable: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

/** The options that mean something over there. */
function portable(options: ImapOptions | undefined): Record<string, unknown> {
  const { timeout, grace, retries, chunksize, buffersize } = options ?? {};
  const given = Object.entries({ timeout, grace, retries, chunksize, buffersize }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}
