/** The line of waiters behind every {@linkcode Condition} handle; lives in the object server. Its lock is a served object of its own. @module */
import { type Waiter, WaitQueue } from "../base/wait_queue.ts";
import { type Call, type Client, Delivery, type ServedObject } from "../server/served.ts";

/** What `statistics()` tells. */
export interface ConditionStatistics {
  /** How many wait. */
  readonly waiting: number;
  /** How many were notified so far, and have confirmed it. */
  readonly notified: number;
}

/** One `wait()` of a client, from before it frees the lock until it has the lock again. */
interface Entry {
  readonly client: Client;
  readonly waiter: Waiter<Delivery<boolean>, number>;
  /** Not the same as "no longer in line": whoever gives up has left it too. */
  notified: boolean;
}

/**
 * Who waits for a notification.
 *
 * A wait has three steps, for the lock may live in another server: `enter` joins the line, while the client still has the lock; `wait` waits;
 * `leave` says, once the client has the lock again, whether the notification was used. One that was not goes to the next in line.
 */
export class ConditionObject implements ServedObject {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed = ["enter", "wait", "leave", "notify", "statistics"] as const;

  readonly #waiters = new WaitQueue<Delivery<boolean>, number>();
  readonly #entries = new Map<number, Entry>();
  #nextId = 0;
  #notifiedCount = 0;

  /** Joins the line; answers the name of the entry. */
  enter(call: Call): number {
    const id = this.#nextId++;
    const waiter = this.#waiters.park(id);
    // The entry may leave the line before anybody waits for it.
    waiter.promise.catch(() => {});
    this.#entries.set(id, { client: call.client, waiter, notified: false });
    return id;
  }

  /** Waits for the notification; without `block` only looks. */
  wait(call: Call, id: unknown, block: unknown): boolean | Promise<Delivery<boolean>> {
    const entry = this.#own(call, id);
    if (entry === undefined) return false;
    if (entry.waiter.parked && block !== true) return false;
    call.onGiveUp(() => entry.waiter.cancel());
    return entry.waiter.promise;
  }

  /** Ends the entry; a notification that it has and did not use goes to the next in line. */
  leave(call: Call, id: unknown, used: unknown): void {
    const entry = this.#own(call, id);
    if (entry === undefined) return;
    if (used !== true || entry.waiter.parked) return this.#drop(id as number);
    this.#entries.delete(id as number);
    this.#notifiedCount++;
  }

  /** Wakes those who wait longest; who comes later is not concerned. */
  notify(_call: Call, count: unknown): void {
    for (let n = Math.min(Number(count), this.#waiters.length); n > 0; n--) this.#notifyNext();
  }

  /** A snapshot. */
  statistics(_call: Call): ConditionStatistics {
    return { waiting: this.#waiters.length, notified: this.#notifiedCount };
  }

  /** Its waiters leave the line, before what they had been given goes on. */
  clientGone(client: Client): void {
    const ids = [...this.#entries].filter(([, entry]) => entry.client === client).map(([id]) => id);
    for (const id of ids) this.#entries.get(id)!.waiter.cancel();
    for (const id of ids) this.#drop(id);
  }

  #own(call: Call, id: unknown): Entry | undefined {
    const entry = this.#entries.get(id as number);
    return entry?.client === call.client ? entry : undefined;
  }

  #drop(id: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    entry.waiter.cancel();
    if (entry.notified) this.#notifyNext();
  }

  #notifyNext(): void {
    const id = this.#waiters.first?.tag;
    if (id === undefined) return;
    this.#entries.get(id)!.notified = true;
    const giveBack = () => {
      this.#drop(id);
      return true;
    };
    this.#waiters.wakeNext(new Delivery(true, { giveBack }));
  }
}
