/** The public `RLock`. @module */
import type { BlockAddress, Reach } from "../memory/heap.ts";
import { type HandleState, ServedRef, type UnderWay } from "../server/handle.ts";
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
import { Gate, type GateBell, type GateLimits } from "./gate.ts";
import { innerOwner, type OwnerPath, ownerPath, runAs, useOwners } from "./owner.ts";
import { type Hold, NOT_ACQUIRED, NOT_OWNED, type RLockStatistics } from "./rlock_object.ts";

export type { RLockStatistics } from "./rlock_object.ts";

/** What travels for a lock. */
type LockState = HandleState & { readonly gate?: BlockAddress };

let revive: (ref: ServedRef, gate: Gate | null) => RLock;
let stateOf: (lock: RLock, ...underWay: UnderWay) => LockState;
/** A new lock, before which a gate in shared memory stands. */
export let newGatedRLock: (reach: Reach) => RLock;
/** The gate before a lock, and its bell; `null` when it has none. */
export let gateOfRLock: (lock: RLock) => { gate: Gate; bell: GateBell } | null;
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
  /** Where the lock lives in shared memory too: entered after the served lock was got, left before it is freed. */
  #gate: Gate | null = null;
  /** Who waits at the gate, waits in the server. */
  readonly #bell: GateBell = {
    heard: () => this.#ref.call("heard", [], { verb: "acquire" }),
    ring: () => void this.#ref.call("ring", [], { verb: "release" }),
  };
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
    revive = (ref, gate) => {
      const lock = new RLock();
      lock.#ref = ref;
      lock.#gate = gate;
      lock.#known = { owner: "unknown", count: 0 };
      return lock;
    };
    stateOf = (lock, ...underWay) => ({ ...lock.#ref.reduce(...underWay), ...lock.#gate === null ? {} : { gate: lock.#gate.state } });
    newGatedRLock = (reach) => {
      const lock = new RLock();
      lock.#gate = Gate.create(reach);
      return lock;
    };
    gateOfRLock = (lock) => lock.#gate === null ? null : { gate: lock.#gate, bell: lock.#bell };
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
    const read = (isHeld: boolean) => isHeld || (this.#gate?.isTaken ?? false);
    return this.#ref.call<boolean, boolean>("locked", [], { verb: "look at", read });
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

  /**
   * Blocks the thread until it has the lock, where the lock lives in shared memory: the own lock of a `Value` or an `Array` that does. For sections that are
   * short and do not await: whoever wants the lock meanwhile, waits, and those who block do so by looking again and again. Counts for the scope of the caller.
   *
   * @param options `block: false` or `timeout: 0` (milliseconds) do not wait. Default: wait for ever.
   * @returns `false` when it could not be had in time.
   * @throws {TypeError} a lock that does not live in shared memory, or a bad option. @throws {Error} when another scope of this unit has the lock: it could never
   * free it while the thread is blocked.
   */
  acquireSync(options?: { block?: boolean; timeout?: number | null }): boolean {
    const { timeout } = acquireLimits(options);
    if (this.#gate === null) throw notInMemory("acquire", this.#ref.label);
    try {
      return this.#gate.enterSync(ownerPath(), timeout);
    } catch (error) {
      throw new Error(`Cannot acquire ${this.#ref.label} synchronously: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Undoes one `acquireSync` of the scope of the caller. @throws {TypeError} a lock that does not live in shared memory. @throws {Error} this scope does not hold it. */
  releaseSync(): void {
    if (this.#gate === null) throw notInMemory("release", this.#ref.label);
    if (this.#gate.leaveSync(ownerPath(), this.#bell)) return;
    throw new Error(`Cannot release ${this.#ref.label} synchronously: this scope does not hold it`);
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
      // A unit that cannot map memory is told so before it holds anything.
      void this.#gate?.words;
    } catch (error) {
      return failed(error);
    }
    const limits = { end: performance.now() + wait.timeout, signal: wait.signal };
    return this.#ref.call<boolean, number>("acquire", [wait.timeout > 0, path], {
      verb: "acquire",
      wait,
      late: NOT_ACQUIRED,
      read: this.#gate === null ? this.#readAcquire : (answer) => this.#passGate(answer, path, limits),
    });
  }

  /** Behind the served lock there may be somebody in synchronously. */
  #passGate(answer: number, path: OwnerPath, limits: GateLimits): boolean | Promise<boolean> {
    if (!this.#readAcquire(answer)) return false;
    const entering = this.#gate!.enter(path, this.#bell, limits);
    return entering === true || this.#entered(entering, path);
  }

  /** Who gives up before the gate does not keep the served lock either. */
  async #entered(entering: Promise<boolean>, path: OwnerPath): Promise<boolean> {
    let isIn = false;
    try {
      isIn = await entering;
    } finally {
      if (!isIn) await this.#releaseServed(path);
    }
    return isIn;
  }

  #release(path: OwnerPath): Promise<void> {
    this.#gate?.leave(path[0]!, this.#bell);
    return this.#releaseServed(path);
  }

  #releaseServed(path: OwnerPath): Promise<void> {
    return this.#ref.call<void, number>("release", [path], { verb: "release", read: this.#readRelease });
  }

  async #free(): Promise<(() => Promise<unknown>) | null> {
    let retakeGate: (() => true | Promise<boolean>) | undefined;
    // While the answer is read: another scope of this unit may be in with the next one.
    const read = (holds: Hold[] | null) => {
      if (holds !== null) retakeGate = this.#gate?.leaveAll(this.#bell);
      return holds;
    };
    const holds = await this.#ref.call<Hold[] | null, Hold[] | null>("releaseAll", [ownerPath()], { verb: "release", read });
    if (holds === null) return null;
    this.#known = { owner: "None", count: 0 };
    return async () => {
      await this.#ref.call<boolean, number>("restore", [holds], { verb: "acquire", read: this.#readAcquire });
      await retakeGate?.();
    };
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
    reduce: (lock, wait, carry) => stateOf(lock, wait, carry),
    revive: (state) => {
      const ref = ServedRef.revive("RLock", state);
      return revive(ref, state.gate === undefined ? null : Gate.revive(state.gate));
    },
  });
}
