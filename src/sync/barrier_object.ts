/** The meeting point behind every {@linkcode Barrier} handle; lives in the object server. @module */
import { WaitQueue } from "../base/wait_queue.ts";
import { type Call, type Client, Delivery, type ServedObject } from "../server/served.ts";

/** All have arrived; the number is the caller's. */
export const PASSED = 0;
/** All have arrived, and the caller is to run the action before anybody leaves; the number names the action. */
export const ACT = 1;
/** The barrier is broken. */
export const BROKEN = 2;

/** The answer to `wait`. */
export type BarrierAnswer = readonly [outcome: typeof PASSED | typeof ACT | typeof BROKEN, number: number];

/** What a barrier is made with. */
export interface BarrierParams {
  /** How many meet. */
  readonly parties: number;
  /** Whether one of them runs an action. */
  readonly acts: boolean;
}

/** What `statistics()` tells. */
export interface BarrierStatistics {
  /** How many meet. */
  readonly parties: number;
  /** How many have arrived and wait. */
  readonly waiting: number;
  /** Whether it is broken. */
  readonly broken: boolean;
  /** How often all have met so far. */
  readonly passed: number;
}

/**
 * Lets nobody leave before all parties have arrived and the action, if there is one, has run. Whoever gives up, or dies, breaks it for all.
 *
 * Those who wait stay in line while the action runs, so that giving up still breaks it then; who arrives meanwhile waits behind them.
 */
export class BarrierObject implements ServedObject {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed = ["wait", "finish", "abort", "reset", "nWaiting", "broken", "statistics"] as const;

  readonly #parties: number;
  readonly #acts: boolean;
  readonly #waiters = new WaitQueue<Delivery<BarrierAnswer>, Client>();
  /** Who runs the action now. */
  #acting: { readonly client: Client; readonly id: number } | null = null;
  #nextAction = 0;
  #broken = false;
  #passedCount = 0;

  /** @param params {@linkcode BarrierParams}. */
  constructor(params: unknown) {
    const { parties, acts } = (params ?? {}) as Partial<BarrierParams>;
    if (!Number.isSafeInteger(parties) || parties! < 1) {
      throw new RangeError(`Cannot make a Barrier: parties must be an integer from 1 on, received ${String(parties)}`);
    }
    this.#parties = parties!;
    this.#acts = acts === true;
  }

  /** Arrives, and waits for the others; without `block` an arrival that would have to wait breaks the barrier. */
  wait(call: Call, block: unknown): BarrierAnswer | Promise<Delivery<BarrierAnswer>> {
    if (this.#broken) return [BROKEN, 0];
    if (block !== true && (this.#acting !== null || this.#waiters.length + 1 < this.#parties)) {
      this.#break();
      return [BROKEN, 0];
    }
    const waiter = this.#waiters.park(call.client);
    call.onGiveUp(() => {
      if (waiter.cancel()) this.#break();
    });
    this.#meet();
    return waiter.promise;
  }

  /** The action has run, well or not. `false`: the barrier broke meanwhile. */
  finish(call: Call, id: unknown, well: unknown): boolean {
    if (this.#acting === null || this.#acting.client !== call.client || this.#acting.id !== id) return false;
    this.#acting = null;
    if (well !== true) {
      this.#break();
      return true;
    }
    this.#pass(this.#parties - 1);
    this.#meet();
    return true;
  }

  /** Breaks it for all who wait and all who come. */
  abort(_call: Call): void {
    this.#break();
  }

  /** As new; it breaks for those who wait. */
  reset(_call: Call): void {
    this.#break();
    this.#broken = false;
  }

  /** How many have arrived and wait. */
  nWaiting(_call: Call): number {
    return this.#waiters.length;
  }

  /** Whether it is broken. */
  broken(_call: Call): boolean {
    return this.#broken;
  }

  /** A snapshot. */
  statistics(_call: Call): BarrierStatistics {
    return { parties: this.#parties, waiting: this.#waiters.length, broken: this.#broken, passed: this.#passedCount };
  }

  /** Its waiters have given up already; the action that it runs will not end any more. */
  clientGone(client: Client): void {
    if (this.#acting?.client === client) this.#break();
  }

  #meet(): void {
    if (this.#acting !== null || this.#waiters.length < this.#parties) return;
    if (!this.#acts) {
      this.#pass(this.#parties);
      return;
    }
    let last = this.#waiters.first!;
    for (let n = 1; n < this.#parties; n++) last = last.next!;
    const id = this.#nextAction++;
    this.#acting = { client: last.tag, id };
    last.wake(standing([ACT, id]));
  }

  #pass(count: number): void {
    this.#passedCount++;
    for (let number = 0; number < count; number++) this.#waiters.wakeNext(standing([PASSED, number]));
  }

  #break(): void {
    this.#broken = true;
    this.#acting = null;
    this.#waiters.wakeAll(standing([BROKEN, 0]));
  }
}

/** An answer that a late give-up cannot undo: the others have been told the same. */
function standing(answer: BarrierAnswer): Delivery<BarrierAnswer> {
  return new Delivery(answer, { giveBack: () => false });
}
