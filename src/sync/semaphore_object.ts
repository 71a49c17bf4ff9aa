/** The semaphore behind every {@linkcode Semaphore} handle; lives in the object server. @module */
import { WaitQueue } from "../base/wait_queue.ts";
import { type Call, type Client, Delivery, type ServedObject } from "../server/served.ts";

/** The answer to `acquire` without a permit, and to a `release` beyond the bound; every other answer is the value left. */
export const REFUSED = -1;

/** What a semaphore is made with. */
export interface SemaphoreParams {
  /** The permits at the start. */
  readonly value: number;
  /** Whether `value` is also the most there may be. */
  readonly bounded: boolean;
}

/** What `statistics()` tells. */
export interface SemaphoreStatistics {
  /** How many could acquire now without waiting. */
  readonly value: number;
  /** How many wait. */
  readonly waiting: number;
  /** How often it was acquired so far. */
  readonly acquired: number;
  /** How many permits came back because a unit died with them. */
  readonly abandoned: number;
}

/** One permit that is out. */
interface Permit {
  /** `null`: its unit has done its work, and whoever releases it is another one. */
  client: Client | null;
}

/** Permits and a line for them. Anybody may release; the permits of a client that died come back. */
export class SemaphoreObject implements ServedObject {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed = ["acquire", "release", "getValue", "statistics"] as const;

  #value: number;
  readonly #most: number;
  /** Those that are out, oldest first. */
  readonly #permits = new Set<Permit>();
  readonly #waiters = new WaitQueue<Delivery<number>, Client>();
  #acquiredCount = 0;
  #abandonedCount = 0;

  /** @param params {@linkcode SemaphoreParams}. */
  constructor(params: unknown) {
    const { value, bounded } = (params ?? {}) as Partial<SemaphoreParams>;
    if (!Number.isSafeInteger(value) || value! < 0) {
      throw new RangeError(`Cannot make a semaphore: value must be an integer from 0 on, received ${String(value)}`);
    }
    this.#value = value!;
    this.#most = bounded === true ? value! : Infinity;
  }

  /** Takes a permit, or joins the line. */
  acquire(call: Call, block: unknown): number | Delivery<number> | Promise<Delivery<number>> {
    if (this.#value > 0) return this.#permitFor(call.client);
    if (block !== true) return REFUSED;
    const waiter = this.#waiters.park(call.client);
    call.onGiveUp(() => waiter.cancel());
    return waiter.promise;
  }

  /** Gives permits, all or none, and answers the value. Each counts as one of the caller's own, else as the oldest that is out, else as a new one. */
  release(call: Call, count: unknown = 1): number {
    if (!Number.isSafeInteger(count) || count as number < 1) throw new RangeError("Cannot release: the count must be a positive integer");
    // Permits that were given to waiters are out, so the value alone says how many are missing.
    if (this.#value + (count as number) > this.#most) return REFUSED;
    let left = count as number;
    for (; left > 0 && (this.#permits.size > 0 || this.#waiters.length > 0); left--) {
      const own = this.#oldestOf(call.client);
      const [oldest] = this.#permits;
      if (own !== undefined) this.#permits.delete(own);
      else if (oldest !== undefined) this.#permits.delete(oldest);
      this.#add();
    }
    this.#value += left;
    return this.#value;
  }

  /** How many could acquire now without waiting. */
  getValue(_call: Call): number {
    return this.#value;
  }

  /** A snapshot. */
  statistics(_call: Call): SemaphoreStatistics {
    return { value: this.#value, waiting: this.#waiters.length, acquired: this.#acquiredCount, abandoned: this.#abandonedCount };
  }

  /** The permits of the dead come back. Who has done its work may have used them up: a permit can stand for an item that it got, or a place that it filled. */
  clientGone(client: Client, inOrder: boolean): void {
    for (const permit of [...this.#permits].filter((permit) => permit.client === client)) {
      if (inOrder) permit.client = null;
      else this.#giveBack(permit, true);
    }
  }

  #oldestOf(client: Client): Permit | undefined {
    for (const permit of this.#permits) if (permit.client === client) return permit;
    return undefined;
  }

  #permitFor(client: Client): Delivery<number> {
    const permit: Permit = { client };
    this.#permits.add(permit);
    this.#value--;
    this.#acquiredCount++;
    return new Delivery(this.#value, { giveBack: (how) => this.#giveBack(permit, how === "gone") });
  }

  /** `false`: somebody has released it already. */
  #giveBack(permit: Permit, abandoned: boolean): boolean {
    if (!this.#permits.delete(permit)) return false;
    if (abandoned) this.#abandonedCount++;
    this.#add();
    return true;
  }

  #add(): void {
    this.#value++;
    const next = this.#waiters.first;
    if (next !== null) next.wake(this.#permitFor(next.tag));
  }
}
