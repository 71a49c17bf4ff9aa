/** The public `RLock`. @module */
import { ServedRef } from "../server/handle.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { failed } from "../server/request.ts";
import { unitName } from "../server/unit_name.ts";
import { registerHandle } from "../wire/handles.ts";
import {
  type Acquirable,
  acquireLimits,
  type AcquireOptions,
  holdUntilDisposed,
  type Monitor,
  notInMemory,
  runHolding,
} from "./holding.ts";
import { innerOwner, type OwnerPath, ownerPath, runAs, useOwners } from "./owner.ts";
import { type Hold, NOT_ACQUIRED, NOT_OWNED, type RLockStatistics } from "./rlock_object.ts";

export type { RLockStatistics } from "./rlock_object.ts";

let revive: (ref: ServedRef) => RLock;
/** What the calls of a re-entrant lock go through. */
export let refOfRLock: (lock: RLock) => ServedRef;
/** A re-entrant lock as a Condition uses it. */
export let monitorOfRLock: (lock: RLock) => Monitor;

/**
 * A lock between units that its owner may take again; it is free after as many releases.
 *
 * - **Owner**: a scope. A unit is one, a Pool task is one, and each `run(fn)` opens one for `fn` and all that it awaits. Inside `run` the lock may be
 *   taken again, but only by the innermost scope that is open: `Promise.all([lock.run(a), lock.run(b)])` excludes, wherever it stands. A bare
 *   `acquire()` belongs to the scope around it and counts there; only that scope may release it.
 * - **Order**: those who wait get it in the order in which they came; its owner goes before them.
 * - **Giving up**: an `acquire` that timed out or was aborted does not count.
 * - **Death**: when the unit that holds it ends, the lock is freed; the next one to acquire it sees {@linkcode RLock.abandoned}.
 * - **Lifetime**: it lives as long as the unit that made it. Afterwards every call rejects with `BrokenPipeError`.
 *
 * *Differs from Python*: scopes take the place of threads; the lock of a dead owner is freed; it travels in any value, not only to a child at its start.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const lock = new mp.RLock();
 * const add = (n: number) => lock.run(() => n + 1);
 * assert.equal(await lock.run(async () => await add(await add(1))), 3);
 * await assert.rejects(lock.release(), /does not hold it/);
 * ```
 */
export class RLock {
  #ref: ServedRef;
  #abandoned = false;
  /** Who had the lock, and how often, when this handle last heard of it. */
  #known = { owner: "None", count: 0 };

  readonly #readAcquire = (answer: number) => {
    if (answer === NOT_ACQUIRED) {
      this.#known = { owner: "SomeOtherProcess", count: 0 };
      return false;
    }
    this.#known = { owner: unitName(), count: Math.abs(answer) };
    this.#abandoned = answer < 0;
    return true;
  };
  readonly #readRelease = (left: number) => {
    if (left === NOT_OWNED) throw new Error(`Cannot release ${this.#ref.label}: this scope does not hold it`);
    this.#known = { owner: left === 0 ? "None" : unitName(), count: left };
  };

  static {
    revive = (ref) => {
      const lock = new RLock();
      lock.#ref = ref;
      lock.#known = { owner: "unknown", count: 0 };
      return lock;
    };
    refOfRLock = (lock) => lock.#ref;
    monitorOfRLock = (lock) => ({
      owned: () => lock.#ref.call<boolean>("owned", [ownerPath()], { verb: "look at" }),
      free: () => lock.#free(),
    });
  }

  /** Makes a lock that nobody holds. Starts nothing; the first use does. */
  constructor() {
    registerRLock();
    useOwners();
    this.#ref = ServedRef.create("RLock", null);
  }

  /** Whether the last successful `acquire` of this handle found the lock left behind by a unit that died with it: what it guards may be half done. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /**
   * Takes the lock for the scope of the caller, once more if it has it, waiting for it if need be.
   *
   * @param options `block: false` or `timeout: 0` (milliseconds) do not wait. Default: wait for ever.
   * @returns `false` when it could not be had in time.
   * @throws {TypeError} a bad option. The signal's reason, when aborted. `BrokenPipeError` when the unit that made the lock has ended.
   */
  acquire(options?: AcquireOptions): Promise<boolean> {
    return this.#acquire(ownerPath(), options);
  }

  /**
   * Undoes one `acquire` of the scope of the caller; the last one frees the lock.
   *
   * @throws {Error} when this scope does not hold it.
   */
  release(): Promise<void> {
    return this.#release(ownerPath());
  }

  /** Whether somebody holds the lock. */
  locked(): Promise<boolean> {
    return this.#ref.call<boolean>("locked", [], { verb: "look at" });
  }

  /**
   * Acquires, calls, and always releases. The function and all that it awaits are a scope of their own: they may take the lock again.
   *
   * @param fn What to do under the lock.
   * @returns What `fn` returned.
   * @throws What `fn` threw.
   */
  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const path = innerOwner();
    return runHolding(this.#as(path), this.#ref.label, typeof fn === "function" ? () => runAs(path, fn) : fn);
  }

  /**
   * Acquires for the scope of the caller until the guard is disposed: `await using guard = await lock.hold();`
   *
   * @throws {TimeoutError} when it could not be had in time.
   */
  hold(options?: AcquireOptions): Promise<AsyncDisposable> {
    return holdUntilDisposed(this.#as(ownerPath()), this.#ref.label, options);
  }

  /** Blocks the thread until it has the lock, where the lock lives in shared memory. @throws {TypeError} here: this one does not. */
  acquireSync(_options?: { block?: boolean; timeout?: number | null }): boolean {
    throw notInMemory("acquire", this.#ref.label);
  }

  /** Frees the lock without a promise, where the lock lives in shared memory. @throws {TypeError} here: this one does not. */
  releaseSync(): void {
    throw notInMemory("release", this.#ref.label);
  }

  /** A snapshot for debugging: owner, how often it holds it, how many wait, how often it was acquired. */
  async statistics(): Promise<RLockStatistics> {
    return Object.freeze(await this.#ref.call<RLockStatistics>("statistics", [], { verb: "look at" }));
  }

  /** `<RLock owner=… count=…>`: as this handle last knew. */
  [inspectNode](): string {
    return `<RLock owner=${this.#known.owner} count=${this.#known.count}>`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }

  #as(path: OwnerPath): Acquirable {
    return { acquire: (options) => this.#acquire(path, options), release: () => this.#release(path) };
  }

  #acquire(path: OwnerPath, options: AcquireOptions | undefined): Promise<boolean> {
    let wait: ReturnType<typeof acquireLimits>;
    try {
      wait = acquireLimits(options);
    } catch (error) {
      return failed(error);
    }
    return this.#ref.call<boolean, number>("acquire", [wait.timeout > 0, path], {
      verb: "acquire",
      wait,
      late: NOT_ACQUIRED,
      read: this.#readAcquire,
    });
  }

  #release(path: OwnerPath): Promise<void> {
    return this.#ref.call<void, number>("release", [path], { verb: "release", read: this.#readRelease });
  }

  async #free(): Promise<(() => Promise<unknown>) | null> {
    const holds = await this.#ref.call<Hold[] | null>("releaseAll", [ownerPath()], { verb: "release" });
    if (holds === null) return null;
    this.#known = { owner: "None", count: 0 };
    return () => this.#ref.call<boolean, number>("restore", [holds], { verb: "acquire", read: this.#readAcquire });
  }
}

let registered = false;

/** Lets re-entrant locks travel. */
export function registerRLock(): void {
  if (registered) return;
  registered = true;
  registerHandle({
    type: "RLock",
    class: RLock,
    reduce: (lock, wait, carry) => refOfRLock(lock).reduce(wait, carry),
    revive: (state) => revive(ServedRef.revive("RLock", state)),
  });
}
