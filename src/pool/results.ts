/** What the methods of a pool give back at once: a result to come. @module */
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { checkWaitOptions, type WaitOptions, within } from "../base/deadline.ts";
import { RemoteTraceback, TimeoutError } from "../base/errors.ts";
import { ObservedPromise } from "../base/observed_promise.ts";
import { formatError } from "../base/traceback.ts";
import { log } from "../runtime/log.ts";
import { failed, observed } from "../server/request.ts";

/**
 * The result of a task that runs in a pool. The same as Python's `AsyncResult`; `await` works on it too.
 *
 * - It settles once, whatever happens: with the task's result, its error, `WorkerDiedError`, or the pool's own end.
 * - `get()` may be called many times.
 * - A failure that nobody looks at (`get`, `await`, `successful`, `errorCallback`) is printed on stderr; it does not end the program.
 *
 * *Differs from Python*: `timeout` is in milliseconds; a result never stays pending after the pool's `terminate()`.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * export const square = (x: number) => x * x;
 *
 * if (mp.isMain(import.meta)) {
 *   await using pool = new mp.Pool(1);
 *   const result = pool.applyAsync(square, [7]);
 *   assert.equal(await result.get({ timeout: 60_000 }), 49);
 *   assert.ok(result.ready() && result.successful());
 * }
 * ```
 *
 * Python: `multiprocessing/pool.py`, `ApplyResult`.
 */
export class AsyncResult<T> implements PromiseLike<T> {
  readonly #promise: ObservedPromise<T>;
  /** Fulfilled when the result is there, whatever it is; made for the first who waits. */
  #over: Promise<void> | null = null;
  #state: "pending" | "fulfilled" | "rejected" = "pending";

  /**
   * Made by a pool's methods.
   *
   * @param executor As a promise's: is called at once with the two functions that settle the result.
   */
  constructor(executor: (resolve: (value: T) => void, reject: (error: unknown) => void) => void) {
    const settled = new Promise<T>((resolve, reject) => {
      const settle = (state: "fulfilled" | "rejected", action: () => void) => {
        if (this.#state !== "pending") return;
        this.#state = state;
        action();
      };
      executor((value) => settle("fulfilled", () => resolve(value)), (error) => settle("rejected", () => reject(error)));
    });
    this.#promise = ObservedPromise.watch(settled, reportUnseen);
  }

  /**
   * Waits for the result.
   *
   * @param options `timeout` in milliseconds (default: for ever), `signal`. The task goes on when they end the wait.
   * @throws What the task threw. @throws {TimeoutError} when the timeout passes first.
   */
  get(options?: WaitOptions): Promise<T> {
    if (options === undefined) return this.#promise;
    const late = () => new TimeoutError(`Cannot get the result: the timeout of ${options?.timeout} ms has passed`);
    try {
      checkWaitOptions(options);
    } catch (error) {
      return failed(error);
    }
    return ObservedPromise.watch(within(this.#promise, options, late), reportUnseen);
  }

  /**
   * Waits until the result is there or the timeout has passed; tells neither which nor what. An aborted signal rejects with its reason.
   *
   * @param options `timeout` in milliseconds (default: for ever), `signal`.
   */
  wait(options?: WaitOptions): Promise<void> {
    return observed(this.#wait(options));
  }

  async #wait(options: WaitOptions | undefined): Promise<void> {
    checkWaitOptions(options);
    // Not by the promise's own `then`: to wait is not to look at a failure.
    this.#over ??= Promise.prototype.then.call(this.#promise, () => {}, () => {}) as Promise<void>;
    await within(this.#over, options, () => TIMED_OUT).catch((error) => {
      if (error !== TIMED_OUT) throw error;
    });
  }

  /** Whether the result is there. */
  ready(): boolean {
    return this.#state !== "pending";
  }

  /** Whether the result is there and is no error. @throws {Error} when it is not there yet. */
  successful(): boolean {
    if (this.#state === "pending") throw new Error("Cannot tell whether the task was successful: its result is not ready");
    this.#promise.markSeen();
    return this.#state === "fulfilled";
  }

  /** Makes `await` work. */
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise.then(onFulfilled, onRejected);
  }

  /** Says that a failure is known some other way, so that it is not printed. */
  markSeen(): void {
    this.#promise.markSeen();
  }

  /** `<AsyncResult pending>`. */
  [inspectNode](): string {
    return this.toString();
  }
  /** The same for Deno. */
  [inspectDeno](): string {
    return this.toString();
  }
  /** The same text. */
  toString(): string {
    return `<${this.constructor.name} ${this.#state}>`;
  }
}

/** The result of `mapAsync` and `starmapAsync`: an {@linkcode AsyncResult} of all results, in the order of the items. */
export class MapResult<T> extends AsyncResult<T[]> {}

const TIMED_OUT = Symbol("timed out");

const deliberate = new WeakSet<Error>();

/** Notes that the program itself wanted this failure, so that it is no news to it. */
export function markDeliberate<E extends Error>(error: E): E {
  deliberate.add(error);
  return error;
}

function reportUnseen(error: unknown): void {
  if (error instanceof Error && deliberate.has(error)) return;
  // The stack of an error from a worker holds the remote one already.
  const text = error instanceof Error && error.cause instanceof RemoteTraceback ? error.stack : formatError(error);
  log.error(`A task of a pool failed, and nobody looked at its result:\n${text}`);
}
