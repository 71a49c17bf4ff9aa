/** `BasePool`: what every `Pool` is, whatever its start method. @module */
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { failed, observed } from "../server/request.ts";
import { PoolCore } from "./core.ts";
import { launcher, type LaunchWorker } from "./launch.ts";
import type { IMapIterator } from "./imap_iterator.ts";
import {
  type ApplyOptions,
  type ImapOptions,
  type MapAsyncOptions,
  type MapOptions,
  planOf,
  type PoolBinding,
  type PoolOptions,
  type TaskOptions,
} from "./options.ts";
import type { AsyncResult, MapResult } from "./results.ts";
import { submitCall, submitImap, submitMap } from "./submit.ts";

export type {
  ApplyOptions,
  CallbackOptions,
  ImapOptions,
  MapAsyncOptions,
  MapOptions,
  PoolBinding,
  PoolOptions,
  TaskOptions,
} from "./options.ts";

/** The options of those methods whose caller does not wait. */
const CALLBACKS = ["callback", "errorCallback"];
const NO_CALLBACKS: readonly string[] = [];

/** What a pool is doing, for debugging. */
export interface PoolStatistics {
  /** Broken: a worker could not be started, or its initializer failed. */
  readonly state: "running" | "closed" | "terminated" | "broken";
  /** How many workers it is to have. */
  readonly size: number;
  /** How many workers have been started and have not ended. */
  readonly workers: number;
  /** How many of them wait for a task. */
  readonly idle: number;
  /** How many tasks (calls, or chunks of a map) were submitted and have not ended. */
  readonly tasks: number;
}

/** A pool of workers. Use `Pool` or `ThreadPool` of a context; this is their base. */
export class BasePool {
  readonly #core: PoolCore;

  /**
   * Starts the workers; they are ready a little later.
   *
   * @param options The number of workers (default: `cpuCount()`), or options.
   * @param binding The start method, given by the context.
   * @param launch How a worker is started; for tests.
   * @throws {RangeError | TypeError} for an option that cannot be. A worker that cannot be started breaks the pool, and every call rejects.
   */
  constructor(options: number | PoolOptions | null | undefined, binding: PoolBinding, launch?: LaunchWorker) {
    const plan = planOf(options, binding);
    this.#core = new PoolCore(plan, launch ?? launcher(binding.method, plan.context, plan.workerName));
  }

  /** How many workers the pool has. */
  get size(): number {
    return this.#core.size;
  }

  /**
   * Calls a function in a worker and waits for the result. The same as Python's `apply`.
   *
   * @param fn What to call; it travels by reference. A promise that it returns is awaited in the worker.
   * @param args Its arguments. They are encoded in this call.
   * @param options `timeout` in milliseconds and `signal`, from this call on: it rejects at once, a queued task is withdrawn, a running one is told by
   * `currentTask().signal` and has `grace` milliseconds (default: 1000) to end before its worker, and no other, is killed and replaced. `retries` (default: 0):
   * how often the task may be run again after its worker died. `onReport`: is called with what the task reports.
   * @throws What the function threw, with the stack over there. @throws {WorkerDiedError} its worker ended. @throws {SerializationError} what cannot travel.
   * @throws {ClosedError} the pool is closed or was terminated.
   */
  apply<R>(fn: () => R, args?: readonly [], options?: TaskOptions): Promise<Awaited<R>>;
  /** As above, for a function with parameters. */
  apply<A extends readonly unknown[] | [], R>(fn: (...args: A) => R, args: Readonly<A>, options?: TaskOptions): Promise<Awaited<R>>;
  apply(fn: (...args: never[]) => unknown, args?: unknown, options?: TaskOptions): Promise<unknown> {
    const site = new Error();
    return rejecting(() => submitCall(this.#core, fn, args, options, site, NO_CALLBACKS).result.get());
  }

  /**
   * As `apply`, but gives the result to come at once.
   *
   * @param options Also `callback` and `errorCallback`: one of them is called in this unit before the result settles.
   * @throws {TypeError} for an argument that cannot be.
   */
  applyAsync<R>(fn: () => R, args?: readonly [], options?: ApplyOptions<Awaited<R>>): AsyncResult<Awaited<R>>;
  /** As above, for a function with parameters. */
  applyAsync<A extends readonly unknown[] | [], R>(
    fn: (...args: A) => R,
    args: Readonly<A>,
    options?: ApplyOptions<Awaited<R>>,
  ): AsyncResult<Awaited<R>>;
  applyAsync(fn: (...args: never[]) => unknown, args?: unknown, options?: ApplyOptions<never>): AsyncResult<unknown> {
    return submitCall<unknown>(this.#core, fn, args, options as ApplyOptions<unknown> | undefined, new Error(), CALLBACKS).result;
  }

  /**
   * Calls a function for every item and waits for all results, in the order of the items. The same as Python's `map`.
   *
   * - It rejects with the first error as soon as that is known (Python waits for the rest). Chunks that have not begun are withdrawn; one that has begun goes
   *   on to its end, unheard: an item that throws never takes its chunk with it.
   * - When a `timeout` or a `signal` ends it, all its chunks are given up: the items that run are told by their `currentTask().signal`, and those behind them
   *   in their chunks are not begun.
   * - Where a worker dies, the item that it was at is lost, or run again as often as `retries` says; the rest of its chunk is run elsewhere. So that this is
   *   known exactly, each result leaves its worker before the next item begins when there are `retries`.
   *
   * @param fn What to call with each item.
   * @param iterable The items; they are read and encoded in this call, those of an asynchronous iterable as they come.
   * @param options `chunksize`: items a task (default: a fourth of a worker's share); `onProgress`; and as `apply`: `timeout`, `signal`, `grace`, `retries`,
   * `onReport`.
   * @throws As `apply`, and what the iterable throws.
   */
  map<T, R>(fn: (item: T) => R, iterable: Iterable<T> | AsyncIterable<T>, options?: MapOptions): Promise<Awaited<R>[]> {
    const site = new Error();
    return rejecting(() =>
      submitMap<Awaited<R>>(this.#core, { method: "map", fn, iterable, options, site, callbacks: NO_CALLBACKS }).result.get()
    );
  }

  /** As `map`, but gives the result to come at once. Of no items it is ready, and its callback has been called. */
  mapAsync<T, R>(
    fn: (item: T) => R,
    iterable: Iterable<T> | AsyncIterable<T>,
    options?: MapAsyncOptions<Awaited<R>[]>,
  ): MapResult<Awaited<R>> {
    return submitMap<Awaited<R>>(this.#core, { method: "map", fn, iterable, options, site: new Error(), callbacks: CALLBACKS })
      .result as MapResult<Awaited<R>>;
  }

  /** As `map`, but each item is an iterable of arguments. */
  starmap<A extends readonly unknown[] | [], R>(
    fn: (...args: A) => R,
    iterable: Iterable<Readonly<A>> | AsyncIterable<Readonly<A>>,
    options?: MapOptions,
  ): Promise<Awaited<R>[]> {
    const site = new Error();
    return rejecting(() =>
      submitMap<Awaited<R>>(this.#core, { method: "starmap", fn, iterable, options, site, callbacks: NO_CALLBACKS }).result.get()
    );
  }

  /** As `starmap`, but gives the result to come at once. */
  starmapAsync<A extends readonly unknown[] | [], R>(
    fn: (...args: A) => R,
    iterable: Iterable<Readonly<A>> | AsyncIterable<Readonly<A>>,
    options?: MapAsyncOptions<Awaited<R>[]>,
  ): MapResult<Awaited<R>> {
    return submitMap<Awaited<R>>(this.#core, { method: "starmap", fn, iterable, options, site: new Error(), callbacks: CALLBACKS })
      .result as MapResult<
        Awaited<R>
      >;
  }

  /**
   * Calls a function for every item, and gives the results one by one, in the order of the items. The same as Python's `imap`.
   *
   * - It draws only so many items ahead as its window has places, so the iterable may be endless, and a slow reader needs no memory.
   * - After `close()` it goes on to the end of its items. When somebody waits in `join()`, the default window gives way: results are kept,
   *   as in Python, so that they can be read afterwards. A `buffersize` of your own stays.
   * - An item that throws, or whose worker dies, rejects its own `next()`; the rest of its chunk goes on. With `retries` a lost item is run again first.
   * - A `timeout` (of the whole iteration, from this call on) or a `signal` ends it: `next()` rejects, then it is done. `next({ timeout })` limits one wait.
   *
   * @param fn What to call with each item.
   * @param iterable The items, from any iterable.
   * @param options `chunksize`: items a task (default 1); `buffersize`: items that may be drawn and not read (default: four chunks a worker); and as
   * `apply`: `timeout`, `signal`, `grace`, `retries`, `onReport`.
   * @throws {TypeError | RangeError} for an argument that cannot be. A closed pool rejects in `next()`.
   */
  imap<T, R>(fn: (item: T) => R, iterable: Iterable<T> | AsyncIterable<T>, options?: ImapOptions): IMapIterator<Awaited<R>> {
    return submitImap(this.#core, { fn, iterable, options, site: new Error(), ordered: true });
  }

  /** As `imap`, but gives each result as soon as it is there. */
  imapUnordered<T, R>(fn: (item: T) => R, iterable: Iterable<T> | AsyncIterable<T>, options?: ImapOptions): IMapIterator<Awaited<R>> {
    return submitImap(this.#core, { fn, iterable, options, site: new Error(), ordered: false });
  }

  /** Accepts no more work. What was accepted is finished, then the workers end. Idempotent. */
  close(): void {
    this.#core.close();
  }

  /**
   * Ends the workers now and rejects everything that is pending; a worker that does not end within a second is killed. Idempotent.
   * Resolves when the workers have ended.
   */
  terminate(): Promise<void> {
    return this.#core.terminate();
  }

  /** Waits until all work is done and every worker has ended. @throws {ProcessError} before `close()` or `terminate()`. */
  join(): Promise<void> {
    return observed(this.#core.join());
  }

  /** Terminates, as Python's `with` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  /** What the pool is doing now. */
  statistics(): PoolStatistics {
    return Object.freeze({ state: this.#core.state, size: this.size, ...this.#core.counts });
  }

  /** `<Pool running size=4>`. */
  [inspectNode](): string {
    return this.toString();
  }
  /** The same for Deno. */
  [inspectDeno](): string {
    return this.toString();
  }
  /** The same text. */
  toString(): string {
    return `<${this.constructor.name} ${this.#core.state} size=${this.size}>`;
  }
}

/** A method that gives a promise rejects, also for arguments that cannot be. */
function rejecting<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return failed(error);
  }
}
