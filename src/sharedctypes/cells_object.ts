/** The memory behind every {@linkcode Value} and {@linkcode Array} handle; lives in the object server. @module */
import { WaitCancelled } from "../base/wait_queue.ts";
import { type Call, Delivery, type FindServed, type ServedObject } from "../server/served.ts";
import { LockObject } from "../sync/lock_object.ts";
import { RLockObject } from "../sync/rlock_object.ts";
import { type Cells, kindOf, type Stored } from "./typecodes.ts";

/** The answer when the lock could not be had without waiting. */
export const LOCKED = null;

/** What it is made with. */
export interface CellsParams {
  readonly typecode: string;
  readonly length: number;
  /** The lock that guards it, in the same server. */
  readonly lock: LockName | null;
}

/** A lock, by its name in the server. */
export interface LockName {
  readonly id: string;
  readonly type: string;
  readonly params: unknown;
}

/** What `statistics()` tells. */
export interface CellsStatistics {
  /** How often it was read so far, in one element or many. */
  readonly reads: number;
  /** How often it was written so far. */
  readonly writes: number;
}

/** How a caller asks for the lock: whether it waits, and its path of scopes. */
type Asking = readonly [block: unknown, path: unknown];

/**
 * Elements of one type in a row.
 *
 * Each method is one step under the lock, which it takes and frees by itself: it waits while another one has the lock, and passes if the caller
 * has it. A unit that has a plain `Lock` passes as well, in all its tasks: that lock knows no finer owner, and would wait for itself.
 */
export class CellsObject implements ServedObject {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed = ["fillIn", "get", "set", "add", "compareAndSwap", "slice", "setSlice", "fill", "statistics"] as const;

  readonly #typecode: string;
  readonly #length: number;
  readonly #lockName: LockName | null;
  #lock: LockObject | RLockObject | null = null;
  /** Made at the first use: a length for which there is no memory is the caller's failure, not that of the connection. */
  #made: Cells | null = null;
  #reads = 0;
  #writes = 0;

  /** @param params {@linkcode CellsParams}. */
  constructor(params: unknown) {
    const { typecode, length, lock } = (params ?? {}) as Partial<CellsParams>;
    kindOf(typecode);
    if (!Number.isSafeInteger(length) || length! < 0) {
      throw new RangeError(`Cannot make shared cells: length must be an integer from 0 on, received ${String(length)}`);
    }
    this.#typecode = typecode!;
    this.#length = length!;
    this.#lockName = lock ?? null;
  }

  /** Finds its lock. */
  moveIn(find: FindServed): void {
    if (this.#lockName === null) return;
    const { id, type, params } = this.#lockName;
    const lock = find(id, type, params);
    if (!(lock instanceof LockObject) && !(lock instanceof RLockObject)) {
      throw new TypeError(`Cannot make shared cells: their lock must be a Lock or an RLock, received ${String(type)}`);
    }
    this.#lock = lock;
  }

  /** Sets all elements, whoever has the lock: their first contents are there before any of it. */
  fillIn(_call: Call, contents: unknown): void {
    this.#cells().set(this.#row(contents));
  }

  /** One element. */
  get(call: Call, block: unknown, path: unknown, index: unknown): Answer<Stored> {
    return this.#read(call, [block, path], (cells) => cells[this.#index(index)]!);
  }

  /** Sets one element. */
  set(call: Call, block: unknown, path: unknown, index: unknown, value: unknown): Answer<Stored> {
    return this.#write(call, [block, path], (cells) => cells[this.#index(index)] = this.#stored(value));
  }

  /** Adds to one element, and answers what it is then. */
  add(call: Call, block: unknown, path: unknown, index: unknown, amount: unknown): Answer<Stored> {
    return this.#write(call, [block, path], (cells) => {
      const at = this.#index(index);
      // Both are of the same kind, which TypeScript cannot know.
      cells[at] = cells[at]! as number + (this.#stored(amount) as number);
      return cells[at]!;
    });
  }

  /** Replaces one element if it is the one expected, and answers whether it was; every NaN is the same. */
  compareAndSwap(call: Call, block: unknown, path: unknown, index: unknown, expected: unknown, replacement: unknown): Answer<boolean> {
    return this.#write(call, [block, path], (cells) => {
      const at = this.#index(index);
      const isExpected = Object.is(cells[at], this.#stored(expected));
      if (isExpected) cells[at] = this.#stored(replacement);
      return isExpected;
    });
  }

  /** A copy of some elements in a row. */
  slice(call: Call, block: unknown, path: unknown, start: unknown, end: unknown): Answer<Cells> {
    return this.#read(call, [block, path], (cells) => cells.slice(start as number, end as number));
  }

  /** Sets some elements in a row. */
  setSlice(call: Call, block: unknown, path: unknown, start: unknown, values: unknown): Answer<true> {
    return this.#write(call, [block, path], (cells) => {
      cells.set(this.#row(values), start as number);
      return true;
    });
  }

  /** Sets elements in a row to one value. */
  fill(call: Call, block: unknown, path: unknown, value: unknown, start: unknown, end: unknown): Answer<true> {
    return this.#write(call, [block, path], (cells) => {
      cells.fill(this.#stored(value) as never, start as number, end as number);
      return true;
    });
  }

  /** A snapshot. */
  statistics(_call: Call): CellsStatistics {
    return { reads: this.#reads, writes: this.#writes };
  }

  /** It holds nothing for anybody; what a client holds is its lock's affair. */
  clientGone(): void {}

  #read<T>(call: Call, asking: Asking, step: (cells: Cells) => T): Answer<T> {
    return this.#locked(call, asking, () => {
      const answer = step(this.#cells());
      this.#reads++;
      return answer;
    });
  }

  #write<T>(call: Call, asking: Asking, step: (cells: Cells) => T): Answer<T> {
    return this.#locked(call, asking, () => {
      const answer = step(this.#cells());
      this.#writes++;
      return answer;
    });
  }

  #locked<T>(call: Call, [block, path]: Asking, step: () => T): Answer<T> {
    const lock = this.#lock;
    if (lock === null) return step();
    if (lock instanceof LockObject && lock.owned(call)) {
      // It may be a step of the same client that has been let in: that one comes first, and takes the lock with it.
      return lock.isTelling ? Promise.resolve().then(() => this.#locked(call, [block, path], step)) : step();
    }
    const got = lock.acquire(call, block, path);
    if (got instanceof Promise) return got.then((held) => during(call, held, step));
    return got instanceof Delivery ? during(call, got, step) : LOCKED;
  }

  #cells(): Cells {
    return this.#made ??= new (kindOf(this.#typecode).cells)(this.#length);
  }

  #index(index: unknown): number {
    if (Number.isInteger(index) && index as number >= 0 && index as number < this.#length) return index as number;
    throw new RangeError(`Cannot use an element: there is none at ${String(index)}`);
  }

  #row(values: unknown): never {
    if (ArrayBuffer.isView(values) && values.constructor === this.#cells().constructor) return values as never;
    throw new TypeError("Cannot store elements: they are of another type");
  }

  #stored(value: unknown): never {
    const cells = this.#cells();
    const isWide = cells instanceof BigInt64Array || cells instanceof BigUint64Array;
    if (isWide ? typeof value === "bigint" : typeof value === "number") return value as never;
    throw new TypeError(`Cannot store an element: it must be a ${isWide ? "bigint" : "number"}, received ${typeof value}`);
  }
}

/** What a method answers, perhaps later. */
export type Answer<T> = T | typeof LOCKED | Promise<T | typeof LOCKED>;

/** Does the step with the lock in hand, and frees it. */
function during<T>(call: Call, held: Delivery<unknown>, step: () => T): T {
  try {
    // It was given the lock and gave up in the same turn: then it must not have happened.
    if (call.gaveUp !== null) throw new WaitCancelled("Cannot use shared cells: the caller gave up");
    return step();
  } finally {
    held.giveBack("cancelled");
  }
}
