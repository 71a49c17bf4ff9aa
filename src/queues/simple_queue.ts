/** The public `SimpleQueue`. @module */
import { ClosedError } from "../base/errors.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { failed } from "../server/request.ts";
import type { AcquireOptions } from "../sync/holding.ts";
import { registerHandle } from "../wire/handles.ts";
import { Queue, type QueueStatistics, refOf, reviveQueue } from "./queue.ts";

/** The queue inside, under the name of the one outside. */
class PlainQueue<T> extends Queue<T> {
  protected static override readonly typeName: string = "SimpleQueue";
}

// deno-lint-ignore no-explicit-any -- a handle that arrives has whatever items its maker put
type AnySimpleQueue = SimpleQueue<any>;
let revive: (state: unknown) => AnySimpleQueue;
let queueOf: (queue: AnySimpleQueue) => Queue;

/**
 * A first-in, first-out queue without a limit, and with few methods: what `put` promises and how `get` waits is as in {@linkcode Queue}.
 *
 * - **Closing**: every call on a closed handle rejects with `ClosedError`; other handles are not concerned.
 *
 * @typeParam T The items.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const queue = new mp.SimpleQueue<string>();
 * await queue.put("item");
 * assert.equal(await queue.empty(), false);
 * assert.equal(await queue.get(), "item");
 * ```
 */
export class SimpleQueue<T = unknown> {
  #queue: Queue<T>;
  #closed = false;

  static {
    revive = (state) => {
      const queue = new SimpleQueue();
      queue.#queue = reviveQueue(new PlainQueue(), "SimpleQueue", state);
      return queue;
    };
    queueOf = (queue) => queue.#queue;
  }

  /** Makes an empty queue. Starts nothing; the first use does. */
  constructor() {
    registerSimpleQueue();
    this.#queue = new PlainQueue<T>();
  }

  /** Puts an item at the end. @throws {ClosedError} after `close()`. `SerializationError` when it cannot travel. */
  put(item: T): Promise<void> {
    return this.#queue.put(item);
  }

  /** {@linkcode SimpleQueue.put}: there is always a place. */
  putNowait(item: T): Promise<void> {
    return this.put(item);
  }

  /**
   * Takes the first item, waiting for one if need be.
   *
   * @param options `timeout` in milliseconds, `block: false` or a timeout of 0 (do not wait), `signal`. Default: wait for ever.
   * @throws {Empty} when there was no item in time. `ClosedError` after `close()`. `EOFError` when the unit that made the queue has ended.
   */
  get(options?: AcquireOptions): Promise<T> {
    return this.#queue.get(options);
  }

  /** {@linkcode SimpleQueue.get} that never waits for an item. @throws {Empty} when there is none. */
  getNowait(): Promise<T> {
    return this.get({ timeout: 0 });
  }

  /** How many items are in the queue now. */
  qsize(): Promise<number> {
    return this.#closed ? failed(this.#refusal()) : this.#queue.qsize();
  }

  /** Whether there is nothing to get now. */
  empty(): Promise<boolean> {
    return this.#closed ? failed(this.#refusal()) : this.#queue.empty();
  }

  /** This handle is used no more; what was put is still delivered. Calling it again does nothing. */
  close(): void {
    this.#closed = true;
    this.#queue.close();
  }

  /** A snapshot for debugging: size, who waits, how many items went through. */
  statistics(): Promise<QueueStatistics> {
    return this.#closed ? failed(this.#refusal()) : this.#queue.statistics();
  }

  /** Closes this handle and waits until its puts are settled. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return this.#queue.joinThread();
  }

  /** `<SimpleQueue 1a2b3c4d>`. */
  [inspectNode](): string {
    return `<${refOf(this.#queue).label}${this.#closed ? " closed" : ""}>`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }

  #refusal(): ClosedError {
    return new ClosedError(`Cannot look at ${refOf(this.#queue).label}: it is closed`);
  }
}

let registered = false;

/** Lets simple queues travel. */
export function registerSimpleQueue(): void {
  if (registered) return;
  registered = true;
  registerHandle({
    type: "SimpleQueue",
    class: SimpleQueue as unknown as abstract new (...args: never[]) => AnySimpleQueue,
    reduce: (queue, wait, carry) => refOf(queueOf(queue)).reduce(wait, carry),
    revive: (state) => revive(state),
  });
}
