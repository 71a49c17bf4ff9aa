/** The queue behind every {@linkcode Queue} handle; lives in the object server. @module */
import { WaitQueue } from "../base/wait_queue.ts";
import { type Call, type Client, Delivery, type ServedObject } from "../server/served.ts";
import { FifoItems, type Item, type ItemOrder } from "./item_order.ts";

/** The item is in the queue. */
export const PUT_DONE = 0;
/** There is no free place, and the caller does not wait. */
export const PUT_FULL = 1;
/** There is nothing to get, and the caller does not wait. */
export const GET_EMPTY = 0;
/** The queue was shut down; nothing is left to get. */
export const SHUT_DOWN = 2;

/** The answer to `put`. */
export type PutAnswer = typeof PUT_DONE | typeof PUT_FULL | typeof SHUT_DOWN;
/** The answer to `get`: an encoded item, or why there is none. */
export type GetAnswer = Uint8Array | typeof GET_EMPTY | typeof SHUT_DOWN;

/** What `statistics()` tells. */
export interface QueueStatistics {
  /** Items in the queue. */
  readonly size: number;
  /** Places, `0` for no limit. */
  readonly maxsize: number;
  /** Items on their way to a consumer that has not confirmed them yet. */
  readonly handedOut: number;
  /** How many wait in `get`. */
  readonly getters: number;
  /** How many wait in `put`. */
  readonly putters: number;
  /** Items accepted so far. */
  readonly put: number;
  /** Items confirmed by a consumer so far. */
  readonly got: number;
  /** Whether `shutdown()` was called. */
  readonly shutDown: boolean;
}

/** What a waiting `put` brings. */
interface Offer {
  readonly bytes: Uint8Array;
  readonly key: unknown;
  readonly limited: boolean;
}

/**
 * A queue of opaque items: first in, first out, unless a subclass orders them otherwise. Getters and putters are served in the order in which they came.
 *
 * An item handed out belongs to the queue until the consumer has confirmed it; if it comes back, it goes back to the
 * place that its order gives it. Its place is free from the hand-out on, so a returned item may make the queue longer than `maxsize` for a while.
 */
export class QueueObject implements ServedObject {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed: readonly string[] = ["put", "get", "qsize", "empty", "full", "shutdown", "statistics"];

  readonly #maxsize: number;
  readonly #items: ItemOrder;
  /** Not empty only while `#items` is empty. */
  readonly #getters = new WaitQueue<Delivery<GetAnswer> | GetAnswer>();
  /** Not empty only while `#items` is full. */
  readonly #putters = new WaitQueue<Delivery<PutAnswer> | PutAnswer, Offer>();
  #handedOut = 0;
  #putCount = 0;
  #gotCount = 0;
  /** Items put and not yet reported done; see {@linkcode JoinableQueueObject}. */
  #unfinished = 0;
  readonly #joiners = new WaitQueue<true>();
  #shutDown = false;
  /** After `shutdown(true)`: what comes back is dropped. */
  #discards = false;

  /** @param params `{ maxsize }`. @param items Their order. */
  constructor(params: unknown, items: ItemOrder = new FifoItems()) {
    const maxsize = (params as { maxsize?: unknown } | null)?.maxsize;
    if (!Number.isInteger(maxsize)) throw new RangeError(`Cannot make a Queue: maxsize must be an integer, received ${String(maxsize)}`);
    this.#maxsize = Math.max(0, maxsize as number);
    this.#items = items;
  }

  /** Accepts an item, or waits for a free place. */
  put(
    call: Call,
    bytes: unknown,
    block: unknown,
    key?: unknown,
  ): PutAnswer | Delivery<PutAnswer> | Promise<PutAnswer | Delivery<PutAnswer>> {
    if (!(bytes instanceof Uint8Array)) throw new TypeError(`Cannot put into a Queue: an item must be encoded, received ${typeof bytes}`);
    this.#items.checkKey(key);
    if (this.#shutDown) return SHUT_DOWN;
    if (!this.#isFull()) return this.#accept({ bytes, key, limited: call.limited });
    if (block !== true) return PUT_FULL;
    const waiter = this.#putters.park({ bytes, key, limited: call.limited });
    call.onGiveUp(() => waiter.cancel());
    return waiter.promise;
  }

  /** Hands out the first item, or waits for one. */
  get(call: Call, block: unknown): GetAnswer | Delivery<GetAnswer> | Promise<GetAnswer | Delivery<GetAnswer>> {
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#admit();
      return this.#handOut(item);
    }
    if (this.#ended()) return SHUT_DOWN;
    if (block !== true) return GET_EMPTY;
    const waiter = this.#getters.park(undefined);
    call.onGiveUp(() => waiter.cancel());
    return waiter.promise;
  }

  /** How many items are in the queue. */
  qsize(_call: Call): number {
    return this.#items.length;
  }

  /** Whether there is nothing to get. */
  empty(_call: Call): boolean {
    return this.#items.length === 0;
  }

  /** For subclasses that expose it: an item is done. `false`: all are. */
  protected done(): boolean {
    if (this.#unfinished === 0) return false;
    this.#finish(1);
    return true;
  }

  /** For subclasses that expose it: waits until every item that was put is done. */
  protected allDone(call: Call, block: boolean): boolean | Promise<true> {
    if (this.#unfinished === 0 || !block) return this.#unfinished === 0;
    const waiter = this.#joiners.park(undefined);
    call.onGiveUp(() => waiter.cancel());
    return waiter.promise;
  }

  /** Whether there is no free place. */
  full(_call: Call): boolean {
    return this.#isFull();
  }

  /** Ends the queue: no more puts; gets end after the last item, or at once when `immediate`, which drops all items. */
  shutdown(_call: Call, immediate: unknown): void {
    this.#shutDown = true;
    if (immediate === true) {
      this.#discards = true;
      this.#finish(this.#items.length);
      this.#items.clear();
    }
    this.#putters.wakeAll(SHUT_DOWN);
    this.#endGetters();
  }

  /** A snapshot. */
  statistics(_call: Call): QueueStatistics {
    return {
      size: this.#items.length,
      maxsize: this.#maxsize,
      handedOut: this.#handedOut,
      getters: this.#getters.length,
      putters: this.#putters.length,
      put: this.#putCount,
      got: this.#gotCount,
      shutDown: this.#shutDown,
    };
  }

  /** A client holds nothing of a queue but deliveries, and those have come back already. */
  clientGone(_client: Client): void {}

  #isFull(): boolean {
    return this.#maxsize > 0 && this.#items.length >= this.#maxsize;
  }

  /** Nothing is left and nothing can come any more. An item on its way to a consumer may still come back. */
  #ended(): boolean {
    return this.#shutDown && this.#items.length === 0 && (this.#handedOut === 0 || this.#discards);
  }

  #endGetters(): void {
    if (this.#ended()) this.#getters.wakeAll(SHUT_DOWN);
  }

  /** @throws {TypeError} when its key cannot be compared with those of the items here; then nothing was accepted. */
  #accept({ bytes, key, limited }: Offer): PutAnswer | Delivery<PutAnswer> {
    const item = { bytes, key, order: this.#putCount };
    const getter = this.#getters.first;
    if (getter === null) this.#items.add(item);
    else getter.wake(this.#handOut(item));
    this.#putCount++;
    this.#unfinished++;
    if (!limited) return PUT_DONE;
    return new Delivery<PutAnswer>(PUT_DONE, { giveBack: (how) => how === "cancelled" && this.#withdraw(item) });
  }

  /** A producer gave up after its item had been accepted: out with it, unless a consumer has been given it. */
  #withdraw(item: Item): boolean {
    if (!this.#items.remove(item)) return false;
    this.#finish(1);
    this.#admit();
    return true;
  }

  #finish(count: number): void {
    // What is dropped or withdrawn may have been reported done already.
    this.#unfinished = Math.max(0, this.#unfinished - count);
    if (this.#unfinished === 0) this.#joiners.wakeAll(true);
  }

  /** An item that came back: to the getter that waits longest, else to its place. */
  #return(item: Item): void {
    const getter = this.#getters.first;
    if (getter === null) this.#items.putBack(item);
    else getter.wake(this.#handOut(item));
  }

  #handOut(item: Item): Delivery<GetAnswer> {
    this.#handedOut++;
    return new Delivery<GetAnswer>(item.bytes, {
      taken: () => {
        this.#handedOut--;
        this.#gotCount++;
        this.#endGetters();
      },
      giveBack: () => {
        this.#handedOut--;
        if (this.#discards) this.#finish(1);
        else this.#return(item);
        this.#endGetters();
        return true;
      },
    });
  }

  /** Lets in the puts that wait, as far as there is room. */
  #admit(): void {
    while (!this.#isFull()) {
      const putter = this.#putters.first;
      if (putter === null) return;
      let answer: PutAnswer | Delivery<PutAnswer>;
      try {
        answer = this.#accept(putter.tag);
      } catch (error) {
        putter.cancel(error);
        continue;
      }
      putter.wake(answer);
    }
  }
}
