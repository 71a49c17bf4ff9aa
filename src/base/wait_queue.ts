/**
 * The one waiting primitive: a line of parked waiters.
 *
 * A wake-up is addressed: it goes to one waiter, and that waiter has it. There is no moment between "woken" and "told" in which
 * a cancel could swallow it: `wake()` and `cancel()` on the same waiter cannot both succeed, and each says whether it did.
 * Whoever wakes must therefore look at the answer and go on to the next waiter when it is `false` ({@linkcode WaitQueue.wakeNext} does).
 *
 * @module
 */

/** The wait was given up before anybody woke the waiter. */
export class WaitCancelled extends Error {
  override name = "WaitCancelled";
}

/** One parked waiter. Its promise settles once: with what it was woken with, or by its cancellation. */
export class Waiter<T, Tag = undefined> {
  /** What the line needs to know about the waiter: what it wants, or what it brings. */
  readonly tag: Tag;
  /** Settles when the waiter is woken, or rejects when it is cancelled. */
  readonly promise: Promise<T>;
  /** Neighbours in the line; only the line touches them. */
  previous: Waiter<T, Tag> | null = null;
  next: Waiter<T, Tag> | null = null;
  #line: WaitQueue<T, Tag> | null;
  #resolve: (value: T) => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  /** @param line Where it waits. @param tag See {@linkcode Waiter.tag}. */
  constructor(line: WaitQueue<T, Tag>, tag: Tag) {
    this.#line = line;
    this.tag = tag;
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Whether it still waits. */
  get parked(): boolean {
    return this.#line !== null;
  }

  /** Ends the wait with a value. `false`: it had ended already, and the value was not taken. */
  wake(value: T): boolean {
    if (!this.#leave()) return false;
    this.#resolve(value);
    return true;
  }

  /** Takes the waiter out of the line; its promise rejects. `false`: it had been woken (or cancelled) before. */
  cancel(reason: unknown = new WaitCancelled("Cannot wait on: the wait was given up")): boolean {
    if (!this.#leave()) return false;
    this.#reject(reason);
    return true;
  }

  #leave(): boolean {
    const line = this.#line;
    if (line === null) return false;
    this.#line = null;
    line.unlink(this);
    return true;
  }
}

/** A first-come, first-served line. Parking, waking and cancelling take constant time. */
export class WaitQueue<T, Tag = undefined> {
  #first: Waiter<T, Tag> | null = null;
  #last: Waiter<T, Tag> | null = null;
  #length = 0;

  /** How many wait. */
  get length(): number {
    return this.#length;
  }

  /** The one who waits longest, or `null`. */
  get first(): Waiter<T, Tag> | null {
    return this.#first;
  }

  /** Joins the end of the line. */
  park(tag: Tag): Waiter<T, Tag> {
    const waiter = new Waiter<T, Tag>(this, tag);
    waiter.previous = this.#last;
    if (this.#last === null) this.#first = waiter;
    else this.#last.next = waiter;
    this.#last = waiter;
    this.#length++;
    return waiter;
  }

  /** Wakes the one who waits longest. `null` when nobody waits: the value was not taken. */
  wakeNext(value: T): Waiter<T, Tag> | null {
    const waiter = this.#first;
    if (waiter === null) return null;
    waiter.wake(value);
    return waiter;
  }

  /** Wakes all who wait now, in their order; who parks meanwhile is not among them. Returns how many. */
  wakeAll(value: T): number {
    const count = this.#length;
    for (let i = 0; i < count; i++) this.wakeNext(value);
    return count;
  }

  /** For {@linkcode Waiter} alone: takes it out of the line. */
  unlink(waiter: Waiter<T, Tag>): void {
    if (waiter.previous === null) this.#first = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === null) this.#last = waiter.previous;
    else waiter.next.previous = waiter.previous;
    waiter.previous = waiter.next = null;
    this.#length--;
  }
}
