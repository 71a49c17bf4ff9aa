/** The queue behind every {@linkcode Queue} handle; lives in the object server. @module */
import { Deque } from "../base/deque.ts";
import { WaitQueue } from "../base/wait_queue.ts";
import { type Call, type Client, Delivery, type ServedObject } from "../server/served.ts";

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

/** An accepted item. */
interface Item {
  /** Encoded by the producer; never decoded here. */
  readonly bytes: Uint8Array;
  /** Its place in the order of acceptance, so that an item that comes back finds it again. */
  readonly order: number;
}

/** What a waiting `put` brings. */
interface Offer {
  readonly bytes: Uint8Array;
  readonly limited: boolean;
}

/**
 * A first-in, first-out queue of opaque items. Getters and putters are served in the order in which they came.
 *
 * An item handed out belongs to the queue until the consumer has confirmed it; if it comes back, it goes before everything that was
 * accepted after it. Its place is free from the hand-out on, so a returned item may make the queue longer than `maxsize` for a while.
 */
export class QueueObject implements ServedObject {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed = ["put", "get", "qsize", "empty", "full", "shutdown", "statistics"] as const;

  readonly #maxsize: number;
  readonly #items = new Deque<Item>();
  /** Not empty only while `#items` is empty. */
  readonly #getters = new WaitQueue<Delivery<GetAnswer> | GetAnswer>();
  /** Not empty only while `#items` is full. */
  readonly #putters = new WaitQueue<Delivery<PutAnswer> | PutAnswer, Offer>();
  #handedOut = 0;
  #putCount = 0;
  #gotCount = 0;
  #shutDown = false;
  /** After `shutdown(true)`: what comes back is dropped. */
  #discards = false;

  /** @param params `{ maxsize }`. */
  constructor(params: unknown) {
    const maxsize = (params as { maxsize?: unknown } | null)?.maxsize;
    if (!Number.isInteger(maxsize)) throw new RangeError(`Cannot make a Queue: maxsize must be an integer, received ${String(maxsize)}`);
    this.#maxsize = Math.max(0, maxsize as number);
  }

  /** Accepts an item, or waits for a free place. */
  put(call: Call, bytes: unknown, block: unknown): PutAnswer | Delivery<PutAnswer> | Promise<PutAnswer | Delivery<PutAnswer>> {
    if (!(bytes instanceof Uint8Array)) throw new TypeError(`Cannot put into a Queue: an item must be encoded, received ${typeof bytes}`);
    if (this.#shutDown) return SHUT_DOWN;
    if (!this.#isFull()) return this.#accept({ bytes, limited: call.limited });
    if (block !== true) return PUT_FULL;
    const waiter = this.#putters.park({ bytes, limited: call.limited });
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

  /** Whether there is no free place. */
  full(_call: Call): boolean {
    return this.#isFull();
  }

  /** Ends the queue: no more puts; gets end after the last item, or at once when `immediate`, which drops all items. */
  shutdown(_call: Call, immediate: unknown): void {
    this.#shutDown = true;
    if (immediate === true) {
      this.#discards = true;
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

  #accept({ bytes, limited }: Offer): PutAnswer | Delivery<PutAnswer> {
    const item = { bytes, order: this.#putCount++ };
    this.#place(item);
    if (!limited) return PUT_DONE;
    return new Delivery<PutAnswer>(PUT_DONE, { giveBack: (how) => how === "cancelled" && this.#withdraw(item) });
  }

  /** A producer gave up after its item had been accepted: out with it, unless a consumer has been given it. */
  #withdraw(item: Item): boolean {
    if (!this.#items.remove(item)) return false;
    this.#admit();
    return true;
  }

  /** To the getter that waits longest, else into the line by its order. */
  #place(item: Item): void {
    const getter = this.#getters.first;
    if (getter !== null) {
      getter.wake(this.#handOut(item));
      return;
    }
    if (item.order === this.#putCount - 1) {
      this.#items.push(item);
      return;
    }
    const earlier: Item[] = [];
    while ((this.#items.peek()?.order ?? Infinity) < item.order) earlier.push(this.#items.shift()!);
    this.#items.unshift(item);
    while (earlier.length > 0) this.#items.unshift(earlier.pop()!);
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
        if (!this.#discards) this.#place(item);
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
      putter.wake(this.#accept(putter.tag));
    }
  }
}
