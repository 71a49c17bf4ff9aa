/** What has arrived and nobody has taken: the unread messages of an end, the clients of a listener; and who waits for it. @module */
import { timeoutOf, type WaitOptions, watchLimits } from "../base/deadline.ts";
import { Deque } from "../base/deque.ts";
import { TimeoutError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";

/** How errors name what the two kinds of waiters do. */
export interface InboxTexts {
  taking: string;
  polling: string;
  /** What did not happen within a timeout. */
  missing: string;
}

const MESSAGES: InboxTexts = {
  taking: "receive on a Connection",
  polling: "poll a Connection",
  missing: "receive a message: none came",
};

/** Somebody who waits. Settling removes it from its line. */
interface Waiter<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** Messages in order, given to those who wait in the order in which they came. A waiter keeps the program alive. */
export class Inbox<T extends { readonly length: number }> {
  readonly #bodies = new Deque<T>();
  readonly #texts: InboxTexts;
  readonly #takers = new Set<Waiter<T | null>>();
  readonly #pollers = new Set<Waiter<boolean>>();
  readonly #onTaken: (body: T) => void;
  #bytes = 0;
  #finished = false;
  #failure: ((action: string) => Error) | null = null;
  #arrived: Promise<void> | null = null;
  #letGo: (() => void) | null = null;

  /** @param onTaken Called with every message that somebody took. */
  constructor(onTaken: (body: T) => void, texts: InboxTexts = MESSAGES) {
    this.#onTaken = onTaken;
    this.#texts = texts;
  }

  /** How many messages are unread. */
  get length(): number {
    return this.#bodies.length;
  }

  /** Their size. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether `fail` was called. */
  get isFailed(): boolean {
    return this.#failure !== null;
  }

  /** How many `take` calls wait. */
  get waiting(): number {
    return this.#takers.size;
  }

  /** Until this settles nobody knows what is unread: a `take` or `ready` that must not wait, waits for this. */
  expect(arrived: Promise<void>): void {
    this.#arrived = arrived;
  }

  /** Adds a message. */
  push(body: T): void {
    for (const taker of this.#takers) {
      this.#onTaken(body);
      return taker.resolve(body);
    }
    this.#bodies.push(body);
    this.#bytes += body.length;
    this.#wakePollers();
  }

  /** No message comes any more. */
  finish(): void {
    this.#finished = true;
    if (this.#bodies.length > 0) return;
    for (const taker of this.#takers) taker.resolve(null);
    this.#wakePollers();
  }

  /** Whoever waits, now or later, gets this error. */
  fail(error: (action: string) => Error): void {
    this.#failure = error;
    for (const taker of this.#takers) taker.reject(error(this.#texts.taking));
    for (const poller of this.#pollers) poller.reject(error(this.#texts.polling));
  }

  /** Removes all unread messages without counting them as taken. */
  drain(): T[] {
    const all = [...this.#bodies];
    this.#bodies.clear();
    this.#bytes = 0;
    return all;
  }

  /** The next message; `null` when none comes any more. Rejects with a `TimeoutError`, with the signal's reason, or as `fail` says. */
  take(options: WaitOptions | undefined): Promise<T | null> {
    // No `async` here: a call that waited and a later one that need not must settle in their order.
    return timeoutOf(options?.timeout) === 0 ? this.#whatIsHere(this.#arrived).then(() => this.#take(options)) : this.#take(options);
  }

  #take(options: WaitOptions | undefined): Promise<T | null> {
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    if (this.#failure) return Promise.reject(this.#failure(this.#texts.taking));
    const body = this.#bodies.shift();
    if (body) {
      this.#bytes -= body.length;
      this.#onTaken(body);
      return Promise.resolve(body);
    }
    if (this.#finished) return Promise.resolve(null);
    if (timeoutOf(options?.timeout) === 0) return Promise.reject(timedOut(this.#texts, options));
    return this.#wait(this.#takers, options, () => {
      throw timedOut(this.#texts, options);
    });
  }

  /** Whether `take` would not wait: a message is here, or none comes any more. @param ifHere See `MessageEnd.poll`. */
  async ready(options: WaitOptions, ifHere = false): Promise<boolean> {
    const now = () => this.#bodies.length > 0 || this.#finished;
    const immediate = timeoutOf(options.timeout) === 0;
    if (immediate && !now()) await this.#whatIsHere(ifHere ? null : this.#arrived);
    if (options.signal?.aborted) throw options.signal.reason;
    if (this.#failure) throw this.#failure(this.#texts.polling);
    if (now() || immediate) return now();
    return await this.#wait(this.#pollers, options, now);
  }

  /** What has reached this unit counts as here: the event loop gets one turn to hand it over. */
  async #whatIsHere(arrived: Promise<void> | null): Promise<void> {
    const letGo = runtime.keepAlive();
    await arrived;
    if (this.#bodies.length === 0 && !this.#finished && !this.#failure) await new Promise((resolve) => setTimeout(resolve, 0));
    letGo();
  }

  #wait<R>(line: Set<Waiter<R>>, options: WaitOptions | undefined, atTimeout: () => R): Promise<R> {
    const { promise, waiter } = waiterFor<R>(() => {
      stop();
      line.delete(waiter);
      this.#holdWhileWaitedFor();
    });
    line.add(waiter);
    this.#holdWhileWaitedFor();
    const stop = watchLimits(options, (how) => {
      if (how.aborted) return waiter.reject(how.reason);
      try {
        waiter.resolve(atTimeout());
      } catch (error) {
        waiter.reject(error);
      }
    });
    return promise;
  }

  #wakePollers(): void {
    for (const poller of this.#pollers) poller.resolve(true);
  }

  #holdWhileWaitedFor(): void {
    const waitedFor = this.#takers.size > 0 || this.#pollers.size > 0;
    if (waitedFor) this.#letGo ??= runtime.keepAlive();
    else {
      this.#letGo?.();
      this.#letGo = null;
    }
  }
}

function waiterFor<T>(leave: () => void): { promise: Promise<T>; waiter: Waiter<T> } {
  let waiter!: Waiter<T>;
  const promise = new Promise<T>((resolve, reject) => {
    waiter = {
      resolve: (value) => {
        leave();
        resolve(value);
      },
      reject: (error) => {
        leave();
        reject(error);
      },
    };
  });
  return { promise, waiter };
}

function timedOut({ missing }: InboxTexts, options: WaitOptions | undefined): TimeoutError {
  return new TimeoutError(`Cannot ${missing} within the timeout of ${options?.timeout} ms`);
}
