/** The public `Queue`. @module */
import { timeoutOf, type WaitOptions } from "../base/deadline.ts";
import { ClosedError, Empty, Full, ShutDown } from "../base/errors.ts";
import { decodeValue, encodeValue, type Undo } from "../reference/value.ts";
import { type HandleState, ServedRef } from "../server/handle.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { type CallOptions, failed, observed } from "../server/request.ts";
import { acquireLimits, type AcquireOptions } from "../sync/holding.ts";
import { registerHandle } from "../wire/handles.ts";
import { type Key, keyOf } from "./key.ts";
import { inTurn, isFree } from "./put_line.ts";
import { GET_EMPTY, type GetAnswer, PUT_FULL, type PutAnswer, type QueueStatistics, SHUT_DOWN } from "./queue_object.ts";
import { UnsentPuts } from "./unsent_puts.ts";

export type { QueueStatistics } from "./queue_object.ts";

// deno-lint-ignore no-explicit-any -- a handle that arrives has whatever items its maker put
type AnyQueue = Queue<any>;
let adopt: (queue: AnyQueue, ref: ServedRef) => AnyQueue;
/** What the calls of a queue go through. */
export let refOf: (queue: AnyQueue) => ServedRef;

/**
 * A first-in, first-out queue for any number of producers and consumers, in any units.
 *
 * - **Order**: items of one unit come out in the order of its `put` calls, also when they are not awaited. Getters are served in the order in
 *   which they came, and so are puts that wait for a free place.
 * - **Values** are encoded by `put`: later changes do not travel, and a value that cannot travel rejects there and takes no place.
 * - **Waiting**: `put` settles when the item is in the queue. Thousands of puts may be under way; none has to be awaited before the next.
 * - **Giving up**: a `get` that timed out or was aborted leaves the item in the queue. A `put` that rejects so has put nothing; if its item
 *   had reached a consumer already, the `put` succeeds instead.
 * - **Death of a consumer**: an item on its way to it goes back to the front. One that `get` has returned is gone with it.
 * - **Lifetime**: it lives as long as the unit that made it. Afterwards, and for calls that wait then, `get` rejects with `EOFError`, everything
 *   else with `BrokenPipeError`. Puts that are not yet acknowledged keep the program, and the end of a child, waiting; see {@linkcode Queue.cancelJoinThread}.
 *
 * *Differs from Python*: there is no feeder thread and no local buffer, so after an awaited `put` the item can be seen everywhere, and `join()` before
 * the queue is drained does not deadlock. A queue travels in any value, also in a Pool task or through itself.
 *
 * @typeParam T The items.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const queue = new mp.Queue<number>(2);
 * await queue.put(1);
 * await queue.put(2);
 * await assert.rejects(queue.putNowait(3), mp.Full);
 * assert.equal(await queue.get(), 1);
 * ```
 */
export class Queue<T = unknown> {
  /** The name of the class on the wire and in texts. */
  protected static readonly typeName: string = "Queue";
  #ref: ServedRef;
  readonly #maxsize: number;
  readonly #unsent = new UnsentPuts();
  #closed = false;
  readonly #putEnds = () => this.#unsent.end();
  readonly #readPut = (answer: PutAnswer) => {
    if (answer === PUT_FULL) throw new Full(`Cannot put into ${this.#ref.label}: it is full, with ${this.#maxsize} items`);
    if (answer === SHUT_DOWN) throw new ShutDown(`Cannot put into ${this.#ref.label}: it is shut down`);
  };
  readonly #readGet = (answer: GetAnswer) => {
    if (answer === GET_EMPTY) throw new Empty(`Cannot get from ${this.#ref.label}: it is empty`);
    if (answer === SHUT_DOWN) throw new ShutDown(`Cannot get from ${this.#ref.label}: it is shut down`);
    return decodeValue(answer) as T | Promise<T>;
  };

  static {
    adopt = (queue, ref) => {
      queue.#ref = ref;
      return queue;
    };
    refOf = (queue) => queue.#ref;
  }

  /**
   * Makes an empty queue. Starts nothing; the first use does.
   *
   * @param maxsize How many items it holds at most; 0 or less: no limit. Default 0.
   * @throws {TypeError} not a number. @throws {RangeError} not an integer.
   */
  constructor(maxsize = 0) {
    const type = new.target.typeName;
    if (typeof maxsize !== "number") throw new TypeError(`Cannot make a ${type}: maxsize must be an integer, received ${typeof maxsize}`);
    if (!Number.isInteger(maxsize)) throw new RangeError(`Cannot make a ${type}: maxsize must be an integer, received ${maxsize}`);
    registerQueue();
    this.#maxsize = Math.max(0, maxsize);
    this.#ref = ServedRef.create(type, { maxsize: this.#maxsize });
  }

  /**
   * Puts an item at the end, waiting for a free place if need be.
   *
   * @param item Any value that travels.
   * @param options `timeout` in milliseconds from the call on, `block: false` or a timeout of 0 (do not wait), `signal`. Default: wait for ever. An item
   * that takes longer to be encoded still gets a place that is free then.
   * @throws {Full} when there was no free place in time. `SerializationError` when the item cannot travel. `ClosedError` after `close()` of this handle,
   * `ShutDown` after `shutdown()`. `BrokenPipeError` when the unit that made the queue has ended. The signal's reason, when aborted.
   */
  put(item: T, options?: AcquireOptions): Promise<void> {
    let key: Key | undefined;
    let value: Uint8Array | Promise<Uint8Array>;
    const carried: Undo[] = [];
    try {
      if (options !== undefined) options = acquireLimits(options);
      this.#requireOpen("put into");
      if (options?.signal?.aborted) throw options.signal.reason;
      if (this.#isPriority) key = this.#keyOf(item);
      value = encodeValue(item, "item", carried);
    } catch (error) {
      return failed(error);
    }
    this.#unsent.begin();
    if (value instanceof Uint8Array && carried.length === 0 && isFree(this.#ref.id)) return this.#send(value, key, options, this.#putEnds);
    const end = performance.now() + timeoutOf(options?.timeout);
    const sent = inTurn(this.#ref.id, value, options?.signal, (bytes) => {
      return this.#send(bytes, key, { ...options, timeout: Math.max(0, end - performance.now()) });
    }).catch((error) => {
      // Not in the queue: what the item carried stays here.
      for (const undo of carried.splice(0)) undo();
      throw error;
    });
    return observed(sent.finally(this.#putEnds));
  }

  /** {@linkcode Queue.put} that never waits for a place. @throws {Full} when there is none. */
  putNowait(item: T): Promise<void> {
    return this.put(item, { timeout: 0 });
  }

  /**
   * Takes the first item, waiting for one if need be.
   *
   * @param options `timeout` in milliseconds, `block: false` or a timeout of 0 (do not wait), `signal`. Default: wait for ever.
   * @throws {Empty} when there was no item in time. `ShutDown` after `shutdown()` and the last item. `ClosedError` after `close()` of this handle.
   * `EOFError` when the unit that made the queue has ended. The signal's reason, when aborted. What the decoding of the item throws: the item is gone then.
   */
  get(options?: AcquireOptions): Promise<T> {
    try {
      if (options !== undefined) options = acquireLimits(options);
      this.#requireOpen("get from");
    } catch (error) {
      return failed(error);
    }
    const block = timeoutOf(options?.timeout) > 0;
    return this.#ref.call<T, GetAnswer>("get", [block], { verb: "get from", wait: options, late: GET_EMPTY, read: this.#readGet });
  }

  /** {@linkcode Queue.get} that never waits for an item. @throws {Empty} when there is none. */
  getNowait(): Promise<T> {
    return this.get({ timeout: 0 });
  }

  /** How many items are in the queue now. */
  qsize(): Promise<number> {
    return this.#ref.call<number>("qsize", [], { verb: "look at" });
  }

  /** Whether there is nothing to get now. */
  empty(): Promise<boolean> {
    return this.#ref.call<boolean>("empty", [], { verb: "look at" });
  }

  /** Whether there is no free place now. */
  full(): Promise<boolean> {
    return this.#ref.call<boolean>("full", [], { verb: "look at" });
  }

  /** This handle puts and gets no more; what was put is still delivered, and other handles are not concerned. Calling it again does nothing. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Waits until every `put` of this handle has been settled.
   *
   * @throws {Error} before `close()`.
   */
  joinThread(): Promise<void> {
    if (!this.#closed) {
      return failed(new Error(`Cannot join ${this.#ref.label}: it is not closed\n\n    queue.close();\n    await queue.joinThread();`));
    }
    return this.#unsent.settled();
  }

  /** The end of this unit does not wait for puts of this handle that are not yet acknowledged: they may be lost. */
  cancelJoinThread(): void {
    this.#unsent.abandon();
  }

  /**
   * Ends the queue for everybody: `put` rejects with `ShutDown`, also where it waits, and so does `get` once the last item is gone.
   *
   * @param immediate Drops all items, so that `get` rejects at once. Default `false`.
   */
  shutdown(immediate = false): Promise<void> {
    return this.#ref.call<void>("shutdown", [immediate === true], { verb: "shut down" });
  }

  /** A snapshot for debugging: size, who waits, how many items went through. */
  async statistics(): Promise<QueueStatistics> {
    return Object.freeze(await this.#ref.call<QueueStatistics>("statistics", [], { verb: "look at" }));
  }

  /** Takes items until the queue is shut down and the last one is gone. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (true) {
      let item: T;
      try {
        item = await this.get();
      } catch (error) {
        if (error instanceof ShutDown) return;
        throw error;
      }
      yield item;
    }
  }

  /** Closes this handle and waits until its puts are settled. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.joinThread();
  }

  /** `<Queue 1a2b3c4d maxsize=2>`. */
  [inspectNode](): string {
    return `<${this.#ref.label} maxsize=${this.#maxsize}${this.#closed ? " closed" : ""}>`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }

  get #isPriority(): boolean {
    return this.#ref.type === "PriorityQueue";
  }

  #keyOf(item: T): Key {
    const key = keyOf(item);
    if (key !== undefined) return key;
    throw new TypeError(
      `Cannot put into ${this.#ref.label}: an item must be a number, a bigint, a string, or an array that begins with its priority, received ${typeof item}

    await queue.put([priority, item]);`,
    );
  }

  #send(bytes: Uint8Array, key: Key | undefined, options: WaitOptions | undefined, onEnd?: () => void): Promise<void> {
    const call: CallOptions<void, PutAnswer> = {
      verb: "put into",
      wait: options,
      late: PUT_FULL,
      read: this.#readPut,
      givingUp: "ask",
      hold: false,
      onEnd,
    };
    const block = timeoutOf(options?.timeout) > 0;
    return this.#ref.call("put", key === undefined ? [bytes, block] : [bytes, block, key], call);
  }

  #requireOpen(verb: string): void {
    if (this.#closed) throw new ClosedError(`Cannot ${verb} ${this.#ref.label}: it is closed`);
  }
}

/** Makes a new queue refer to what a handle that arrived refers to. */
export function reviveQueue<Q extends AnyQueue>(queue: Q, type: string, state: unknown): Q {
  return adopt(queue, ServedRef.revive(type, state)) as Q;
}

/** Lets a class of queues travel. */
export function registerQueueClass(type: string, make: new (maxsize: number) => AnyQueue): void {
  registerHandle({
    type,
    class: make,
    reduce: (queue, wait, carry) => refOf(queue).reduce(wait, carry),
    revive: (state) => {
      const maxsize = (state as Partial<HandleState> | null)?.params as { maxsize?: number } | undefined;
      return reviveQueue(new make(maxsize?.maxsize ?? 0), type, state);
    },
  });
}

let registered = false;

/** Lets queues travel. Calling it again does nothing. */
export function registerQueue(): void {
  if (registered) return;
  registered = true;
  registerQueueClass("Queue", Queue);
}
