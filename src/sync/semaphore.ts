/** The public `Semaphore` and `BoundedSemaphore`. @module */
import { ServedRef } from "../server/handle.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { failed } from "../server/request.ts";
import { registerHandle } from "../wire/handles.ts";
import { acquireLimits, type AcquireOptions, holdUntilDisposed, runHolding } from "./holding.ts";
import { REFUSED, type SemaphoreParams, type SemaphoreStatistics } from "./semaphore_object.ts";

export type { SemaphoreStatistics } from "./semaphore_object.ts";

let adopt: <S extends Semaphore>(semaphore: S, ref: ServedRef) => S;
let refOf: (semaphore: Semaphore) => ServedRef;

/**
 * Permits that units take and give: at most `value` are out at a time, as long as only those who took one give one.
 *
 * - **Order**: those who wait get a permit in the order in which they came.
 * - **Owner**: permits belong to nobody inside a unit; any unit and any task may release, also without having acquired.
 * - **Giving up**: an `acquire` that timed out or was aborted has taken nothing.
 * - **End of a unit**: the permits that it acquired stay taken when its target has returned, as in Python, for they may stand for what it has done: a place
 *   filled, an item got. Those of a unit that died (killed, ended by an uncaught error or by `process.exit()`) come back, unless somebody has released them.
 *   A release counts as that of the caller's own permit, if it has one, else as that of the oldest.
 * - **Lifetime**: it lives as long as the unit that made it. Afterwards every call rejects with `BrokenPipeError`.
 *
 * *Differs from Python*: the permits of a dead unit come back; it travels in any value, not only to a child at its start.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const places = new mp.Semaphore(2);
 * await places.acquire();
 * await places.acquire();
 * assert.equal(await places.acquire({ timeout: 0 }), false);
 * await places.release();
 * assert.equal(await places.getValue(), 1);
 * ```
 */
export class Semaphore {
  /** The name of the class on the wire and in texts. */
  protected static readonly typeName: string = "Semaphore";
  #ref: ServedRef;
  /** The value as this handle last knew it. */
  #known: number | "unknown";

  readonly #readAcquire = (left: number) => {
    this.#known = Math.max(0, left);
    return left !== REFUSED;
  };
  readonly #readRelease = (value: number) => {
    if (value === REFUSED) throw new RangeError(`Cannot release ${this.#ref.label}: it was released as often as it was acquired`);
    this.#known = value;
  };

  static {
    adopt = (semaphore, ref) => {
      semaphore.#ref = ref;
      semaphore.#known = "unknown";
      return semaphore;
    };
    refOf = (semaphore) => semaphore.#ref;
  }

  /**
   * Makes a semaphore. Starts nothing; the first use does.
   *
   * @param value How many permits there are at the start. Default 1.
   * @throws {TypeError} not a number. @throws {RangeError} not an integer, or negative.
   */
  constructor(value = 1) {
    const type = new.target.typeName;
    if (typeof value !== "number") throw new TypeError(`Cannot make a ${type}: value must be an integer, received ${typeof value}`);
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`Cannot make a ${type}: value must be an integer from 0 on, received ${value}`);
    }
    registerSemaphores();
    const params: SemaphoreParams = { value, bounded: type === "BoundedSemaphore" };
    this.#ref = ServedRef.create(type, params);
    this.#known = value;
  }

  /**
   * Takes a permit, waiting for one if need be.
   *
   * @param options `block: false` or `timeout: 0` (milliseconds) do not wait. Default: wait for ever.
   * @returns `false` when there was none in time.
   * @throws {TypeError} a bad option. The signal's reason, when aborted. `BrokenPipeError` when the unit that made the semaphore has ended.
   */
  acquire(options?: AcquireOptions): Promise<boolean> {
    let wait: ReturnType<typeof acquireLimits>;
    try {
      wait = acquireLimits(options);
    } catch (error) {
      return failed(error);
    }
    return this.#ref.call<boolean, number>("acquire", [wait.timeout > 0], {
      verb: "acquire",
      wait,
      late: REFUSED,
      read: this.#readAcquire,
    });
  }

  /**
   * Gives permits; the first in line get them.
   *
   * @param n How many, as in Python's `threading`. Default: 1.
   * @throws {RangeError} in a {@linkcode BoundedSemaphore} that would have more permits than at its start: it then gets none. For an `n` below 1.
   */
  release(n = 1): Promise<void> {
    if (!Number.isSafeInteger(n) || n < 1) {
      return failed(new RangeError(`Cannot release ${this.#ref.label}: n must be a positive integer, received ${String(n)}`));
    }
    return this.#ref.call<void, number>("release", [n], { verb: "release", read: this.#readRelease });
  }

  /** How many could acquire now without waiting. */
  getValue(): Promise<number> {
    return this.#ref.call<number>("getValue", [], { verb: "look at", read: (value) => this.#known = value });
  }

  /**
   * Acquires, calls, and always releases.
   *
   * @param fn What to do with the permit.
   * @returns What `fn` returned.
   * @throws What `fn` threw.
   */
  run<T>(fn: () => T | Promise<T>): Promise<T> {
    return runHolding(this, this.#ref.label, fn);
  }

  /**
   * Acquires until the guard is disposed: `await using guard = await semaphore.hold();`
   *
   * @throws {TimeoutError} when there was no permit in time.
   */
  hold(options?: AcquireOptions): Promise<AsyncDisposable> {
    return holdUntilDisposed(this, this.#ref.label, options);
  }

  /** A snapshot for debugging: value, how many wait, how often it was acquired. */
  async statistics(): Promise<SemaphoreStatistics> {
    return Object.freeze(await this.#ref.call<SemaphoreStatistics>("statistics", [], { verb: "look at" }));
  }

  /** `<Semaphore value=2>`: the value as this handle last knew. */
  [inspectNode](): string {
    const { value, bounded } = this.#ref.params as SemaphoreParams;
    return `<${this.#ref.type} value=${this.#known}${bounded ? ` maxvalue=${value}` : ""}>`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }
}

/**
 * A {@linkcode Semaphore} that never has more permits than at its start: one release too many is an error.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * const places = new mp.BoundedSemaphore(2);
 * await places.run(async () => assert.equal(await places.getValue(), 1));
 * await assert.rejects(places.release(), RangeError);
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  /** The name of the class on the wire and in texts. */
  protected static override readonly typeName: string = "BoundedSemaphore";
}

let registered = false;

/** Lets semaphores travel. */
export function registerSemaphores(): void {
  if (registered) return;
  registered = true;
  for (const [type, make] of [["Semaphore", Semaphore], ["BoundedSemaphore", BoundedSemaphore]] as const) {
    registerHandle({
      type,
      class: make,
      reduce: (semaphore: Semaphore, wait, carry) => refOf(semaphore).reduce(wait, carry),
      revive: (state) => adopt(new make(), ServedRef.revive(type, state)),
    });
  }
}
