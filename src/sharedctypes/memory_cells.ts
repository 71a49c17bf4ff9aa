/** Cells in memory that units share; see `README.md`. @module */
import { hex } from "../base/hex.ts";
import { checkWaitOptions, type WaitOptions } from "../base/deadline.ts";
import { SerializationError, TimeoutError } from "../base/errors.ts";
import { allocate, attachBlock, type Block, type BlockAddress, checkedAddress, type Reach, reachOf, unlinkWith } from "../memory/heap.ts";
import { runtime } from "../runtime/runtime.ts";
import { failed, observed } from "../server/request.ts";
import { AWAITED, OWNER, stepMark } from "../sync/gate.ts";
import { ownerPath } from "../sync/owner.ts";
import { gateOfRLock, newGatedRLock, RLock } from "../sync/rlock.ts";
import { addToBits, swapBits } from "./float_bits.ts";
import type { CellsCall, CellsHandle, CellsMethod } from "./cells_handle.ts";
import type { CellsStatistics } from "./cells_object.ts";
import { type Cells, kindOf, type Typecode } from "./typecodes.ts";

/** What travels for a handle. */
export interface MemoryState {
  readonly memory: BlockAddress;
  readonly id: string;
  readonly typecode: string;
  readonly length: number;
  readonly lock: RLock | null;
}

/** Before the cells: how often they were read and written. */
const HEAD_BYTES = 8;
const READS = 0;
const WRITES = 1;
const LABEL_BYTES = 4;
/** As many tries take longer than a step of somebody else. */
const TRIES = 100;
const BUSY = Symbol("busy");

/** What is mapped. */
interface Memory {
  readonly address: BlockAddress;
  readonly cells: Cells;
  readonly counts: Int32Array;
  /** One cell of the same type, in which sums wrap around. */
  readonly sum: Cells;
}

/** Cells in shared memory as one handle sees them. A step is done here and now when nobody has the lock, else in the line of the lock. */
export class MemoryCells<C extends Typecode> implements CellsHandle<C> {
  readonly typecode: C;
  readonly length: number;
  /** Who can reach them. */
  readonly reach: Reach;
  readonly #type: string;
  readonly #id: string;
  readonly #lock: RLock | null;
  /** Before the lock, if that lives in memory too. */
  readonly #gate: ReturnType<typeof gateOfRLock>;
  /** Where they are; before the first use, what they begin with. */
  #place: BlockAddress | Cells | null;
  #mapped: Memory | null = null;
  /** Steps of this handle in the line of the lock. */
  readonly #waiting = { all: 0, adds: 0 };
  /** To be called before others learn of the memory: until then it goes with this handle. */
  #keep: () => void = () => {};

  private constructor(
    type: string,
    state: Omit<MemoryState, "memory" | "typecode"> & { typecode: C },
    place: BlockAddress | Cells | null,
    reach: Reach,
  ) {
    this.typecode = state.typecode;
    this.length = state.length;
    this.reach = reach;
    this.#type = type;
    this.#id = state.id;
    this.#lock = state.lock;
    this.#gate = state.lock === null ? null : gateOfRLock(state.lock);
    this.#place = place;
  }

  /** New cells, all zero, or with these contents; `lock`: a lock that lives in memory too, or whether to make one. Memory is taken at the first use. */
  static create<C extends Typecode>(
    type: string,
    typecode: C,
    contents: number | Cells,
    given: RLock | boolean,
    reach: Reach,
  ): MemoryCells<C> {
    const length = typeof contents === "number" ? contents : contents.length;
    const id = hex(runtime.randomBytes(LABEL_BYTES));
    const lock = given === true ? newGatedRLock(reach) : given === false ? null : given;
    return new MemoryCells(type, { id, typecode, length, lock }, typeof contents === "number" ? null : contents, reach);
  }

  /** Cells that a handle from elsewhere refers to. @throws {SerializationError} when the state is none of a handle. */
  static revive(type: string, state: Partial<MemoryState>): MemoryCells<Typecode> {
    const { memory, id, typecode, length, lock = null } = state;
    kindOf(typecode, "revive", type);
    if (typeof id !== "string" || !Number.isSafeInteger(length) || length! < 0 || lock !== null && !(lock instanceof RLock)) {
      throw new SerializationError(`Cannot revive a ${type}: its state is not that of a handle`);
    }
    const address = checkedAddress(memory);
    return new MemoryCells(type, { id, typecode: typecode as Typecode, length: length!, lock }, address, reachOf(address));
  }

  /** Another handle on the same cells, with a lock. */
  synchronized(lock: RLock | null): MemoryCells<C> {
    const state = { id: this.#id, typecode: this.typecode, length: this.length, lock: lock ?? newGatedRLock(this.reach) };
    const { address } = this.#memory;
    this.#keep();
    return new MemoryCells(this.#type, state, address, this.reach);
  }

  reduce(): MemoryState {
    const { address } = this.#memory;
    this.#keep();
    return { memory: address, id: this.#id, typecode: this.typecode, length: this.length, lock: this.#lock };
  }

  get label(): string {
    return `${this.#type} ${this.#id}`;
  }

  get isLocked(): boolean {
    return this.#lock !== null;
  }

  get lock(): RLock {
    if (this.#lock !== null) return this.#lock;
    throw new TypeError(`Cannot get the lock of ${this.label}: it was made with lock: false`);
  }

  get view(): Cells {
    return this.#memory.cells;
  }

  call<T, A>(call: CellsCall<T, A>): Promise<T> {
    try {
      checkWaitOptions(call.wait);
      call.wait?.signal?.throwIfAborted();
      const answer = this.#lock === null ? this.#alone(call.method, call.args) : this.#throughGate(call.method, call.args);
      if (answer !== BUSY) return Promise.resolve(call.read(answer as A));
    } catch (error) {
      return failed(error);
    }
    return observed(this.#inLine(this.#lock!, call));
  }

  // deno-lint-ignore require-await -- as that of served cells
  async statistics(): Promise<CellsStatistics> {
    const { counts } = this.#memory;
    return Object.freeze({ reads: counts[READS]! >>> 0, writes: counts[WRITES]! >>> 0 });
  }

  get #memory(): Memory {
    return this.#mapped ??= this.#map();
  }

  #map(): Memory {
    const { cells: CellsOfKind } = kindOf(this.typecode);
    const bytes = HEAD_BYTES + this.length * CellsOfKind.BYTES_PER_ELEMENT;
    const place = this.#place;
    const isNew = place === null || ArrayBuffer.isView(place);
    const block = isNew ? this.#allocated(bytes) : attachBlock(place, bytes);
    const { address, buffer, offset } = block;
    if (isNew) this.#keep = unlinkWith(this, block);
    const cells = new CellsOfKind(buffer, offset + HEAD_BYTES, this.length);
    if (isNew && place !== null) cells.set(place as never);
    this.#place = address;
    const counts = new Int32Array(buffer, offset, HEAD_BYTES / Int32Array.BYTES_PER_ELEMENT);
    return { address, cells, counts, sum: new CellsOfKind(1) };
  }

  #allocated(bytes: number): Block {
    try {
      return allocate(bytes, this.reach);
    } catch (error) {
      throw new RangeError(`Cannot use ${this.label}: there must be shared memory for it, received ${bytes} bytes`, { cause: error });
    }
  }

  /** Without a lock: what concerns one element is atomic all the same. */
  #alone(method: CellsMethod, args: readonly unknown[]): unknown {
    const { cells } = this.#memory;
    const isFloat = cells instanceof Float64Array || cells instanceof Float32Array;
    if (isFloat && method === "add") return addToBits(cells, args[0] as number, args[1] as number);
    if (isFloat && method === "compareAndSwap") return swapBits(cells, args[0] as number, args[1] as number, args[2] as number);
    return this.#step(method, args, null);
  }

  #throughGate(method: CellsMethod, args: readonly unknown[]): unknown {
    if (this.#gate === null) return BUSY;
    const { gate, bell } = this.#gate;
    const { words } = gate;
    if (this.#waiting.all > 0 && !this.#mayOvertake(method) && !gate.isIn(ownerPath())) return BUSY;
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = this.#step(method, args, words);
      if (answer === BUSY) {
        // Nobody else is in while this scope is.
        if (tries === 0 && gate.isIn(ownerPath())) return this.#step(method, args, null);
        continue;
      }
      if (Atomics.load(words, AWAITED) === 1) gate.tell(bell);
      return answer;
    }
    return BUSY;
  }

  /** A step that nobody awaited yet must not be undone by one that came later and found the gate open. Sums are the same in any order. */
  #mayOvertake(method: CellsMethod): boolean {
    return method === "add" && this.#waiting.adds === this.#waiting.all;
  }

  async #inLine<T, A>(lock: RLock, { method, args, verb, wait, read }: CellsCall<T, A>): Promise<T> {
    const adds = method === "add" ? 1 : 0;
    this.#waiting.all++;
    this.#waiting.adds += adds;
    let guard: AsyncDisposable | null = null;
    try {
      guard = await holding(lock, wait, `Cannot ${verb} ${this.label}: its lock was not free in time`);
      return read(this.#step(method, args, null) as A);
    } finally {
      this.#waiting.all--;
      this.#waiting.adds -= adds;
      await guard?.[Symbol.asyncDispose]();
    }
  }

  /**
   * One step, through a gate if there is one; `BUSY` when that is shut. From the moment it is taken nothing of the program is called and nothing loops: that is
   * where a thread is stopped which somebody terminates, and it would leave the gate shut.
   */
  #step(method: CellsMethod, args: readonly unknown[], gate: Int32Array | null): unknown {
    const { cells: anyCells, counts, sum: anySum } = this.#memory;
    // One kind stands for all: what TypeScript cannot know is that element and cells fit.
    const [cells, sum] = [anyCells as Int32Array, anySum as Int32Array];
    const isFloat = anyCells instanceof Float64Array || anyCells instanceof Float32Array;
    const isSame = Object.is;
    const [at, b, c] = [args[0] as number, args[1], args[2]];
    let answer: unknown;
    if (gate !== null && Atomics.compareExchange(gate, OWNER, 0, stepMark) !== 0) return BUSY;
    switch (method) {
      case "get":
        answer = isFloat ? cells[at] : Atomics.load(cells, at);
        break;
      case "set":
        if (isFloat) answer = cells[at] = b as number;
        else answer = Atomics.store(cells, at, b as number);
        break;
      case "add":
        if (isFloat) {
          cells[at] = cells[at]! + (b as number);
          answer = cells[at];
        } else {
          sum[0] = Atomics.add(cells, at, b as number) + (b as number);
          answer = sum[0];
        }
        break;
      case "compareAndSwap":
        if (isFloat) {
          answer = isSame(cells[at], b);
          if (answer) cells[at] = c as number;
        } else {
          answer = Atomics.compareExchange(cells, at, b as number, c as number) === b;
        }
        break;
      case "slice":
        answer = cells.slice(at, b as number);
        break;
      case "setSlice":
        cells.set(b as Int32Array, at);
        answer = true;
        break;
      case "fill":
        cells.fill(at, b as number, c as number);
        answer = true;
        break;
    }
    if (gate !== null) Atomics.store(gate, OWNER, 0);
    Atomics.add(counts, method === "get" || method === "slice" ? READS : WRITES, 1);
    return answer;
  }
}

async function holding(lock: RLock, wait: WaitOptions | undefined, late: string): Promise<AsyncDisposable> {
  try {
    return await lock.hold(wait);
  } catch (error) {
    throw error instanceof TimeoutError ? new TimeoutError(late, { cause: error }) : error;
  }
}
