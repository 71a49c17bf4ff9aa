/** The public `Lock`. @module */
import { ServedRef } from "../server/handle.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { failed } from "../server/request.ts";
import { unitName } from "../server/unit_name.ts";
import { registerHandle } from "../wire/handles.ts";
import { acquireLimits, type AcquireOptions, holdUntilDisposed, type Monitor, notInMemory, runHolding } from "./holding.ts";
import { type Acquired, ACQUIRED_ABANDONED, type LockStatistics, NOT_ACQUIRED } from "./lock_object.ts";

export type { AcquireOptions } from "./holding.ts";
export type { LockStatistics } from "./lock_object.ts";

let revive: (ref: ServedRef) => Lock;
/** What the calls of a lock go through. */
export let refOfLock: (lock: Lock) => ServedRef;
/** A lock as a Condition uses it. */
export let monitorOfLock: (lock: Lock) => Monitor;

/**
 * A lock between units: at most one holder at a time, wherever the handles are.
 *
 * - **Order**: those who wait get it in the order in which they came.
 * - **Owner**: it belongs to nobody inside a unit; any unit and any task may release it. It is not re-entrant.
 * - **Giving up**: an `acquire` that timed out or was aborted does not hold the lock.
 * - **Death**: when the unit that acquired it ends without a release, the lock is freed; the next one to acquire it sees {@linkcode Lock.abandoned}.
 * - **Lifetime**: it lives as long as the unit that made it. Afterwards every call rejects with `BrokenPipeError`.
 *
 * *Differs from Python*: the lock of a dead owner is freed; it travels in any value, not only to a child at its start.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const lock = new mp.Lock();
 * const result = await lock.run(async () => {
 *   assert.equal(await lock.acquire({ block: false }), false);
 *   return "done";
 * });
 * assert.equal(result, "done");
 * ```
 */
export class Lock {
  #ref: ServedRef;
  #abandoned = false;
  /** Who had the lock when this handle last heard of it. */
  #owner = "None";

  readonly #readAcquire = (answer: Acquired) => {
    if (answer !== NOT_ACQUIRED) this.#owner = unitName();
    else if (this.#owner !== unitName()) this.#owner = "SomeOtherProcess";
    if (answer !== NOT_ACQUIRED) this.#abandoned = answer === ACQUIRED_ABANDONED;
    return answer !== NOT_ACQUIRED;
  };
  readonly #readRelease = (wasHeld: boolean) => {
    if (!wasHeld) throw new RangeError(`Cannot release ${this.#ref.label}: nobody holds it`);
  };

  static {
    revive = (ref) => {
      const lock = new Lock();
      lock.#ref = ref;
      lock.#owner = "unknown";
      return lock;
    };
    refOfLock = (lock) => lock.#ref;
    monitorOfLock = (lock) => ({
      owned: () => lock.#ref.call<boolean>("owned", [], { verb: "look at" }),
      free: async () => await lock.#ref.call<boolean>("releaseOwn", [], { verb: "release" }) ? () => lock.acquire() : null,
    });
  }

  /** Makes a lock that nobody holds. Starts nothing; the first use does. */
  constructor() {
    registerLock();
    this.#ref = ServedRef.create("Lock", null);
  }

  /** Whether the last successful `acquire` of this handle found the lock left behind by a unit that died with it: what it guards may be half done. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /**
   * Takes the lock, waiting for it if need be.
   *
   * @param options `block: false` or `timeout: 0` (milliseconds) do not wait. Default: wait for ever.
   * @returns `false` when it could not be had in time.
   * @throws {TypeError} a bad option. The signal's reason, when aborted. `BrokenPipeError` when the unit that made the lock has ended.
   */
  acquire(options?: AcquireOptions): Promise<boolean> {
    let wait: ReturnType<typeof acquireLimits>;
    try {
      wait = acquireLimits(options);
    } catch (error) {
      return failed(error);
    }
    return this.#ref.call<boolean, Acquired>("acquire", [wait.timeout > 0], {
      verb: "acquire",
      wait,
      late: NOT_ACQUIRED,
      read: this.#readAcquire,
    });
  }

  /**
   * Frees the lock, whoever acquired it; the first in line gets it.
   *
   * @throws {RangeError} when nobody holds it.
   */
  release(): Promise<void> {
    this.#owner = "None";
    return this.#ref.call<void, boolean>("release", [], { verb: "release", read: this.#readRelease });
  }

  /** Whether somebody holds the lock. */
  locked(): Promise<boolean> {
    return this.#ref.call<boolean>("locked", [], { verb: "look at" });
  }

  /**
   * Acquires, calls, and always releases.
   *
   * @param fn What to do under the lock.
   * @returns What `fn` returned.
   * @throws What `fn` threw.
   */
  run<T>(fn: () => T | Promise<T>): Promise<T> {
    return runHolding(this, this.#ref.label, fn);
  }

  /**
   * Acquires until the guard is disposed: `await using guard = await lock.hold();`
   *
   * @throws {TimeoutError} when it could not be had in time.
   */
  hold(options?: AcquireOptions): Promise<AsyncDisposable> {
    return holdUntilDisposed(this, this.#ref.label, options);
  }

  /** Blocks the thread until it has the lock, where the lock lives in shared memory. @throws {TypeError} here: this one does not. */
  acquireSync(_options?: { block?: boolean; timeout?: number | null }): boolean {
    throw notInMemory("acquire", this.#ref.label);
  }

  /** Frees the lock without a promise, where the lock lives in shared memory. @throws {TypeError} here: this one does not. */
  releaseSync(): void {
    throw notInMemory("release", this.#ref.label);
  }

  /** A snapshot for debugging: owner, how many wait, how often it was acquired. */
  async statistics(): Promise<LockStatistics> {
    return Object.freeze(await this.#ref.call<LockStatistics>("statistics", [], { verb: "look at" }));
  }

  /** `<Lock owner=…>`: the owner as this handle last knew. */
  [inspectNode](): string {
    return `<Lock owner=${this.#owner}>`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }
}

let registered = false;

/** Lets locks travel. */
export function registerLock(): void {
  if (registered) return;
  registered = true;
  registerHandle({
    type: "Lock",
    class: Lock,
    reduce: (lock, wait, carry) => refOfLock(lock).reduce(wait, carry),
    revive: (state) => revive(ServedRef.revive("Lock", state)),
  });
}
