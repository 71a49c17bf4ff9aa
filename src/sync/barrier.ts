/** The public `Barrier`. @module */
import { checkWaitOptions, timeoutOf, type WaitOptions } from "../base/deadline.ts";
import { BrokenBarrierError } from "../base/errors.ts";
import { ServedRef, type UnderWay } from "../server/handle.ts";
import { observed } from "../server/request.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { registerHandle } from "../wire/handles.ts";
import { ACT, type BarrierAnswer, type BarrierParams, type BarrierStatistics, BROKEN } from "./barrier_object.ts";

export type { BarrierStatistics } from "./barrier_object.ts";

/** What one party does when all have arrived. */
export type BarrierAction = () => unknown;

/** What travels. */
interface BarrierState {
  readonly handle: unknown;
  readonly action: BarrierAction | null;
  readonly timeout: number | null;
}

let revive: (state: BarrierState) => Barrier;
let stateOf: (barrier: Barrier, ...under: UnderWay) => BarrierState;

/**
 * A place where a fixed number of parties wait for each other, as often as they like.
 *
 * - **Leaving**: nobody leaves `wait()` before all have arrived and the action has run. Each gets another number, in the order of arrival.
 * - **Action**: it runs exactly once each time, in the party that arrived last. What it throws goes to that party; the barrier breaks for the others.
 * - **Breaking**: a party that times out, is aborted or dies breaks the barrier: all others, and all who come later, get a
 *   {@linkcode BrokenBarrierError}, until `reset()`.
 * - **Lifetime**: it lives as long as the unit that made it. Afterwards every call rejects with `BrokenPipeError`.
 *
 * *Differs from Python*: the death of a party breaks the barrier; the action travels with it, and so must be a function that can.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const barrier = new mp.Barrier(2);
 * const numbers = await Promise.all([barrier.wait(), barrier.wait()]);
 * assert.deepEqual(numbers.sort(), [0, 1]);
 * await assert.rejects(barrier.wait({ timeout: 5 }), mp.BrokenBarrierError);
 * assert.equal(await barrier.broken(), true);
 * ```
 */
export class Barrier {
  /** How many parties meet. */
  readonly parties: number;
  #ref: ServedRef;
  readonly #action: BarrierAction | null;
  readonly #timeout: number | null;
  /** What this handle last heard. */
  #known: string;

  static {
    revive = ({ handle, action, timeout }) => {
      const ref = ServedRef.revive("Barrier", handle);
      const barrier = new Barrier((ref.params as BarrierParams).parties, action, timeout);
      barrier.#ref = ref;
      barrier.#known = "unknown";
      return barrier;
    };
    stateOf = (barrier, ...under) => ({ handle: barrier.#ref.reduce(...under), action: barrier.#action, timeout: barrier.#timeout });
  }

  /**
   * Makes a barrier. Starts nothing; the first use does.
   *
   * @param parties How many meet.
   * @param action What one of them does each time, before anybody leaves. It must be a function that travels when the barrier does.
   * @param timeout The timeout of every `wait` that has none, in milliseconds. Default: for ever.
   * @throws {TypeError} an argument of the wrong kind. @throws {RangeError} `parties` is no integer from 1 on.
   */
  constructor(parties: number, action: BarrierAction | null = null, timeout: number | null = null) {
    if (typeof parties !== "number") throw new TypeError(`Cannot make a Barrier: parties must be an integer, received ${typeof parties}`);
    if (!Number.isSafeInteger(parties) || parties < 1) {
      throw new RangeError(`Cannot make a Barrier: parties must be an integer from 1 on, received ${parties}`);
    }
    if (action !== null && typeof action !== "function") {
      throw new TypeError(`Cannot make a Barrier: its action must be a function, received ${typeof action}`);
    }
    timeoutOf(timeout);
    registerBarrier();
    this.parties = parties;
    this.#action = action;
    this.#timeout = timeout;
    const params: BarrierParams = { parties, acts: action !== null };
    this.#ref = ServedRef.create("Barrier", params);
    this.#known = "intact";
  }

  /**
   * Arrives, and waits until all have.
   *
   * @param options `timeout` in milliseconds (0: break the barrier rather than wait), `signal`. Default: the timeout of the barrier.
   * @returns The number of this party, from 0 on.
   * @throws {BrokenBarrierError} when the barrier is or gets broken, also by this timeout. What the action throws, in the party that runs it.
   * {@linkcode TypeError} a bad option. The signal's reason, when aborted: this breaks the barrier. `BrokenPipeError` when the unit that made it has ended.
   */
  wait(options?: WaitOptions): Promise<number> {
    return observed(this.#wait(options));
  }

  async #wait(options: WaitOptions | undefined): Promise<number> {
    checkWaitOptions(options);
    const timeout = timeoutOf(options?.timeout === undefined ? this.#timeout : options.timeout);
    const [outcome, number] = await this.#ref.call<BarrierAnswer>("wait", [timeout > 0], {
      verb: "wait at",
      wait: { timeout, signal: options?.signal },
      late: [BROKEN, 0],
      givingUp: "ask",
    });
    if (outcome === BROKEN) throw this.#broke();
    if (outcome === ACT) await this.#act(number);
    this.#known = "intact";
    return outcome === ACT ? this.parties - 1 : number;
  }

  /** Breaks the barrier: all who wait, and all who come before `reset()`, get a {@linkcode BrokenBarrierError}. */
  abort(): Promise<void> {
    this.#known = "broken";
    return this.#ref.call<void>("abort", [], { verb: "abort" });
  }

  /** Makes the barrier as new; those who wait get a {@linkcode BrokenBarrierError}. */
  reset(): Promise<void> {
    this.#known = "intact";
    return this.#ref.call<void>("reset", [], { verb: "reset" });
  }

  /** How many have arrived and wait. */
  nWaiting(): Promise<number> {
    return this.#ref.call<number>("nWaiting", [], { verb: "look at" });
  }

  /** Whether the barrier is broken. */
  broken(): Promise<boolean> {
    const read = (broken: boolean) => {
      this.#known = broken ? "broken" : "intact";
      return broken;
    };
    return this.#ref.call<boolean>("broken", [], { verb: "look at", read });
  }

  /** A snapshot for debugging: parties, how many wait, whether it is broken, how often all have met. */
  async statistics(): Promise<BarrierStatistics> {
    return Object.freeze(await this.#ref.call<BarrierStatistics>("statistics", [], { verb: "look at" }));
  }

  /** `<Barrier parties=2 intact>`: as this handle last knew. */
  [inspectNode](): string {
    return `<Barrier parties=${this.parties} ${this.#known}>`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }

  async #act(id: number): Promise<void> {
    try {
      await this.#action!();
    } catch (error) {
      this.#known = "broken";
      await this.#finish(id, false);
      throw error;
    }
    if (!await this.#finish(id, true)) throw this.#broke();
  }

  #finish(id: number, well: boolean): Promise<boolean> {
    return this.#ref.call<boolean>("finish", [id, well], { verb: "wait at" });
  }

  #broke(): BrokenBarrierError {
    this.#known = "broken";
    return new BrokenBarrierError(`Cannot wait at ${this.#ref.label}: it is broken`);
  }
}

let registered = false;

/** Lets barriers travel. */
export function registerBarrier(): void {
  if (registered) return;
  registered = true;
  registerHandle({
    type: "Barrier",
    class: Barrier,
    reduce: stateOf,
    revive: (state) => revive(state),
  });
}
