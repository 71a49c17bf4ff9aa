/** The public `Condition`. @module */
import { checkWaitOptions, timeoutOf, type WaitOptions } from "../base/deadline.ts";
import { ServedRef, type UnderWay } from "../server/handle.ts";
import { failed, observed } from "../server/request.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { registerHandle } from "../wire/handles.ts";
import type { ConditionStatistics } from "./condition_object.ts";
import type { AcquireOptions, Monitor } from "./holding.ts";
import { Lock, monitorOfLock } from "./lock.ts";
import { monitorOfRLock, RLock } from "./rlock.ts";

export type { ConditionStatistics } from "./condition_object.ts";

let revive: (ref: ServedRef, lock: Lock | RLock) => Condition;
let stateOf: (condition: Condition, ...under: UnderWay) => unknown;

/**
 * Lets units wait, under a lock, until another one that has the lock tells them that something has changed.
 *
 * - **Lock**: `wait()` frees it, however often it is held, and has it again, as often, when it settles: also when it rejects.
 * - **Waking**: `notify(n)` wakes the `n` that wait longest; a notification with nobody waiting is not remembered. Nobody wakes without one.
 * - **Giving up**: a waiter that timed out, was aborted or died has used no notification: it goes to the next in line.
 * - **Lifetime**: it lives as long as the unit that made it. Afterwards every call rejects with `BrokenPipeError`.
 *
 * *Differs from Python*: an own lock may be a `Lock` that belongs to the unit, not to a thread: whoever is in the unit that acquired it may wait and notify.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const changed = new mp.Condition();
 * let ready = false;
 * const waiting = changed.run(() => changed.waitFor(() => ready));
 * await changed.run(async () => {
 *   ready = true;
 *   await changed.notify();
 * });
 * assert.equal(await waiting, true);
 * ```
 */
export class Condition {
  #ref: ServedRef;
  readonly #lock: Lock | RLock;
  readonly #monitor: Monitor;

  static {
    revive = (ref, lock) => {
      const condition = new Condition(lock);
      condition.#ref = ref;
      return condition;
    };
    stateOf = (condition, ...under) => [condition.#ref.reduce(...under), condition.#lock];
  }

  /**
   * Makes a condition. Starts nothing; the first use does.
   *
   * @param lock A `Lock` or an `RLock`, which others may use too, also for other conditions. Default: an `RLock` of its own.
   * @throws {TypeError} anything else.
   */
  constructor(lock: Lock | RLock = new RLock()) {
    if (!(lock instanceof Lock) && !(lock instanceof RLock)) {
      throw new TypeError(`Cannot make a Condition: its lock must be a Lock or an RLock, received ${typeof lock}`);
    }
    registerCondition();
    this.#lock = lock;
    this.#monitor = lock instanceof Lock ? monitorOfLock(lock) : monitorOfRLock(lock);
    this.#ref = ServedRef.create("Condition", null);
  }

  /** Takes the lock; see `Lock.acquire`. */
  acquire(options?: AcquireOptions): Promise<boolean> {
    return this.#lock.acquire(options);
  }

  /** Frees the lock; see `Lock.release`. */
  release(): Promise<void> {
    return this.#lock.release();
  }

  /** Whether somebody holds the lock. */
  locked(): Promise<boolean> {
    return this.#lock.locked();
  }

  /** Takes the lock, calls, and always releases; see `Lock.run`. */
  run<T>(fn: () => T | Promise<T>): Promise<T> {
    return this.#lock.run(fn);
  }

  /** Takes the lock until the guard is disposed; see `Lock.hold`. */
  hold(options?: AcquireOptions): Promise<AsyncDisposable> {
    return this.#lock.hold(options);
  }

  /**
   * Frees the lock, waits for a notification, and takes the lock again.
   *
   * @param options `timeout` in milliseconds (0: only frees and takes the lock), `signal`. Default: wait for ever. They do not limit how long taking the
   * lock again lasts.
   * @returns `true`, or `false` when no notification came in time.
   * @throws {Error} when the lock is not owned. {@linkcode TypeError} a bad option. The signal's reason, when aborted. `BrokenPipeError` when the unit that
   * made the condition has ended.
   */
  wait(options?: WaitOptions): Promise<boolean> {
    return observed(this.#wait(options));
  }

  async #wait(options: WaitOptions | undefined): Promise<boolean> {
    checkWaitOptions(options);
    if (options?.signal?.aborted) throw options.signal.reason;
    // Into the line before the lock is free: a notification that comes as soon as it is free must find this waiter.
    const id = await this.#ref.call<number>("enter", [], { verb: "wait for" });
    const retake = await this.#monitor.free();
    if (retake === null) {
      await this.#leave(id, false);
      throw this.#notOwned("wait for");
    }
    let notified = false;
    try {
      notified = await this.#ref.call<boolean>("wait", [id, timeoutOf(options?.timeout) > 0], {
        verb: "wait for",
        wait: options,
        late: false,
      });
    } finally {
      if (!notified) await Promise.all([retake(), this.#leave(id, false)]);
    }
    if (!notified) return false;
    // Confirmed only under the lock: if this unit dies before, somebody else is notified.
    await retake();
    await this.#leave(id, true);
    return true;
  }

  /**
   * Waits until a predicate holds; it is called under the lock, at once and after every notification.
   *
   * @param predicate What to wait for.
   * @param options `timeout` in milliseconds for all waits together, `signal`. Default: wait for ever.
   * @returns What the predicate returned last: something falsy when it did not hold in time.
   * @throws What the predicate throws, and what {@linkcode Condition.wait} throws.
   */
  waitFor<T>(predicate: () => T | Promise<T>, options?: WaitOptions): Promise<T> {
    return observed(this.#waitFor(predicate, options));
  }

  async #waitFor<T>(predicate: () => T | Promise<T>, options: WaitOptions | undefined): Promise<T> {
    if (typeof predicate !== "function") {
      throw new TypeError(`Cannot wait for ${this.#ref.label}: the predicate must be a function, received ${typeof predicate}`);
    }
    checkWaitOptions(options);
    options?.signal?.throwIfAborted();
    const end = performance.now() + timeoutOf(options?.timeout);
    let result = await predicate();
    for (let left = end - performance.now(); !result && left > 0; left = end - performance.now()) {
      await this.wait({ timeout: left, signal: options?.signal });
      result = await predicate();
    }
    // An abort wins over a timeout of the same turn.
    if (!result) options?.signal?.throwIfAborted();
    return result;
  }

  /**
   * Wakes the waiters that wait longest. They go on when the lock is free.
   *
   * @param n How many at most. Default 1.
   * @throws {Error} when the lock is not owned. {@linkcode TypeError} or {@linkcode RangeError}: `n` is no integer from 0 on.
   */
  notify(n = 1): Promise<void> {
    if (typeof n !== "number") {
      return failed(new TypeError(`Cannot notify ${this.#ref.label}: n must be an integer, received ${typeof n}`));
    }
    if (!Number.isSafeInteger(n) || n < 0) {
      return failed(new RangeError(`Cannot notify ${this.#ref.label}: n must be an integer from 0 on, received ${n}`));
    }
    return observed(this.#notify(n));
  }

  /** Wakes all who wait. @throws {Error} when the lock is not owned. */
  notifyAll(): Promise<void> {
    return observed(this.#notify(Infinity));
  }

  /** A snapshot for debugging: how many wait, how many were notified. */
  async statistics(): Promise<ConditionStatistics> {
    return Object.freeze(await this.#ref.call<ConditionStatistics>("statistics", [], { verb: "look at" }));
  }

  /** `<Condition <RLock owner=…>>`. */
  [inspectNode](): string {
    return `<Condition ${this.#lock[inspectNode]()}>`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }

  async #notify(n: number): Promise<void> {
    if (!await this.#monitor.owned()) throw this.#notOwned("notify");
    await this.#ref.call<void>("notify", [n], { verb: "notify" });
  }

  #leave(id: number, used: boolean): Promise<void> {
    return this.#ref.call<void>("leave", [id, used], { verb: "wait for" });
  }

  #notOwned(verb: string): Error {
    const name = verb === "notify" ? "notify()" : "wait()";
    return new Error(`Cannot ${verb} ${this.#ref.label}: its lock is not owned\n\n    await condition.run(() => condition.${name})`);
  }
}

let registered = false;

/** Lets conditions travel. */
export function registerCondition(): void {
  if (registered) return;
  registered = true;
  registerHandle({
    type: "Condition",
    class: Condition,
    reduce: stateOf,
    revive: (state) => {
      const [handle, lock] = Array.isArray(state) ? state as [unknown, Lock | RLock] : [undefined, new RLock()];
      return revive(ServedRef.revive("Condition", handle), lock);
    },
  });
}
