/** The lock behind every {@linkcode Lock} handle; lives in the object server. @module */
import { WaitQueue } from "../base/wait_queue.ts";
import { type Call, type Client, Delivery, type ServedObject } from "../server/served.ts";

/** The answer to `acquire`. */
export type Acquired = typeof NOT_ACQUIRED | typeof ACQUIRED | typeof ACQUIRED_ABANDONED;
/** Somebody else has it, and the caller does not wait. */
export const NOT_ACQUIRED = 0;
/** The caller has it. */
export const ACQUIRED = 1;
/** The caller has it; who had it before died without a release, so what it guards may be half done. */
export const ACQUIRED_ABANDONED = 2;

/** What `statistics()` tells. */
export interface LockStatistics {
  /** Whether somebody has the lock. */
  readonly locked: boolean;
  /** The name of the unit that has it, or `null`. */
  readonly owner: string | null;
  /** How many wait for it. */
  readonly waiting: number;
  /** How often it was acquired so far. */
  readonly acquired: number;
  /** How often an owner died with it. */
  readonly abandoned: number;
}

/** One ownership: a new object for each, so that an old one that is given back late never frees a newer one. */
interface Grant {
  readonly client: Client;
}

/** A mutual exclusion lock with a line of waiters. Anybody may release it; the death of the recorded owner frees it. */
export class LockObject implements ServedObject {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed = ["acquire", "release", "releaseOwn", "owned", "locked", "statistics"] as const;

  #grant: Grant | null = null;
  /** The last owner died with it, and nobody has been told yet. */
  #abandoned = false;
  readonly #waiters = new WaitQueue<Delivery<Acquired>, Client>();
  /** How many have been let in and are told at the end of the running code. */
  #telling = 0;
  #acquiredCount = 0;
  #abandonedCount = 0;

  /** Takes the lock, or joins the line. */
  acquire(call: Call, block: unknown): Acquired | Delivery<Acquired> | Promise<Delivery<Acquired>> {
    if (this.#grant === null) return this.#grantTo(call.client);
    if (block !== true) return NOT_ACQUIRED;
    const waiter = this.#waiters.park(call.client);
    call.onGiveUp(() => waiter.cancel());
    return waiter.promise;
  }

  /** Frees the lock, whoever has it. `false`: nobody had it. */
  release(_call: Call): boolean {
    if (this.#grant === null) return false;
    this.#free();
    return true;
  }

  /** Frees the lock when the caller's unit has it. `false`: it has not. */
  releaseOwn(call: Call): boolean {
    return this.owned(call) && this.release(call);
  }

  /** Whether the caller's unit has it. */
  owned(call: Call): boolean {
    return this.#grant?.client === call.client;
  }

  /** Whether who was let in last has yet to be told. */
  get isTelling(): boolean {
    return this.#telling > 0;
  }

  /** Whether somebody has it. */
  locked(_call: Call): boolean {
    return this.#grant !== null;
  }

  /** A snapshot. */
  statistics(_call: Call): LockStatistics {
    return {
      locked: this.#grant !== null,
      owner: this.#grant?.client.name ?? null,
      waiting: this.#waiters.length,
      acquired: this.#acquiredCount,
      abandoned: this.#abandonedCount,
    };
  }

  /** Frees the lock when the owner is gone. */
  clientGone(client: Client): void {
    if (this.#grant?.client === client) this.#freeAbandoned();
  }

  #grantTo(client: Client): Delivery<Acquired> {
    const grant = { client };
    this.#grant = grant;
    this.#acquiredCount++;
    const abandoned = this.#abandoned;
    this.#abandoned = false;
    return new Delivery<Acquired>(abandoned ? ACQUIRED_ABANDONED : ACQUIRED, {
      giveBack: (how) => {
        if (this.#grant !== grant) return false;
        // A dead client may have received the lock and worked under it before its confirmation could leave.
        if (how === "gone") this.#freeAbandoned();
        else this.#free(abandoned);
        return true;
      },
    });
  }

  #freeAbandoned(): void {
    this.#abandonedCount++;
    this.#free(true);
  }

  #free(abandoned = false): void {
    this.#grant = null;
    this.#abandoned = abandoned;
    const next = this.#waiters.first;
    if (next === null) return;
    next.wake(this.#grantTo(next.tag));
    this.#telling++;
    next.promise.then(() => this.#telling--);
  }
}
