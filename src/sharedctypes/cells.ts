/** Cells in an object server, beside the lock that guards them. @module */
import { checkWaitOptions, timeoutOf } from "../base/deadline.ts";
import { TimeoutError } from "../base/errors.ts";
import { mappingRefusal } from "../memory/heap.ts";
import { type HandleState, ServedRef, type UnderWay } from "../server/handle.ts";
import { failed } from "../server/request.ts";
import { Lock, refOfLock } from "../sync/lock.ts";
import { ownerPath } from "../sync/owner.ts";
import { refOfRLock, RLock } from "../sync/rlock.ts";
import type { CellsCall, CellsHandle } from "./cells_handle.ts";
import { type Cells, kindOf, type Typecode } from "./typecodes.ts";
import { type CellsParams, type CellsStatistics, LOCKED, type LockName } from "./cells_object.ts";

/** What `new Value()` and `new Array()` take last. */
export interface SharedOptions {
  /** Guards every access. Default, or `true`: an `RLock` of its own. `false`: none, and `getLock()` throws. */
  lock?: Lock | RLock | boolean | null;
}

const FOR_THREADS = Symbol("for threads");

/** The same options, for cells that only threads of this process will use. What is no options stays so. */
export function forThreads(options: SharedOptions | undefined): SharedOptions | undefined {
  return options === undefined || typeof options === "object" ? { ...options, [FOR_THREADS]: true } as SharedOptions : options;
}

/** Whether options are those of {@linkcode forThreads}. */
export function isForThreads(options: SharedOptions | undefined): boolean {
  return options !== undefined && options !== null && FOR_THREADS in options;
}

/** What travels for a handle. */
export type CellsState = readonly [handle: HandleState, lock: Lock | RLock | null];

/** Served cells as one handle sees them. */
export class ServedCells<C extends Typecode> implements CellsHandle<C> {
  readonly typecode: C;
  readonly length: number;
  readonly #ref: ServedRef;
  readonly #lock: Lock | RLock | null;
  /** What they begin with, until it is on its way to the server: it would be a burden on every handle that travels. */
  #contents: Cells | null;

  private constructor(ref: ServedRef, lock: Lock | RLock | null, contents: Cells | null) {
    const { typecode, length } = ref.params as CellsParams;
    this.typecode = typecode as C;
    this.length = length;
    this.#ref = ref;
    this.#lock = lock;
    this.#contents = contents;
  }

  /** New cells, all zero, or with these contents. They live in the server of their lock. @throws {TypeError} a bad typecode, or lock. */
  static create<C extends Typecode>(
    type: string,
    typecode: C,
    contents: number | Cells,
    given: Lock | RLock | boolean,
  ): ServedCells<C> {
    const lock = given === true ? new RLock() : given === false ? null : given;
    const beside = lock === null ? undefined : lock instanceof Lock ? refOfLock(lock) : refOfRLock(lock);
    const lockName: LockName | null = beside === undefined ? null : { id: beside.id, type: beside.type, params: beside.params };
    const length = typeof contents === "number" ? contents : contents.length;
    const params: CellsParams = { typecode, length, lock: lockName };
    const ref = ServedRef.create(type, params, beside);
    return new ServedCells<C>(ref, lock, typeof contents === "number" ? null : contents);
  }

  /** Cells that a handle from elsewhere refers to. @throws {SerializationError} when the state is none of a handle. */
  static revive(type: string, state: unknown): ServedCells<Typecode> {
    const [handle, lock] = Array.isArray(state) ? state as unknown as CellsState : [undefined, null];
    const ref = ServedRef.revive(type, handle);
    kindOf((ref.params as Partial<CellsParams> | null)?.typecode, "revive", type);
    return new ServedCells(ref, lock ?? null, null);
  }

  /** What travels for a handle; the message waits until the contents are in the server. */
  reduce(...[wait, carry]: UnderWay): CellsState {
    const filling = this.#fill();
    if (filling !== null) wait(filling);
    return [this.#ref.reduce(wait, carry), this.#lock];
  }

  /** For messages. */
  get label(): string {
    return this.#ref.label;
  }

  /** Whether there is a lock. */
  get isLocked(): boolean {
    return this.#lock !== null;
  }

  /** The lock. @throws {TypeError} there is none. */
  get lock(): Lock | RLock {
    if (this.#lock !== null) return this.#lock;
    throw new TypeError(`Cannot get the lock of ${this.label}: it was made with lock: false`);
  }

  /** The memory itself. @throws {TypeError} always: it is in the object server. */
  get view(): never {
    const refusal = mappingRefusal();
    const rule = "it lives in an object server, beside the lock it was given or because this program cannot map memory";
    throw new TypeError(
      `Cannot view ${this.label}: ${rule}; read a copy and write it back${refusal === null ? "" : `\n${refusal.message}`}`,
      refusal === null ? undefined : { cause: refusal },
    );
  }

  /** Calls a method, which is one step under the lock. @throws {TimeoutError} when the lock was not free in time. */
  call<T, A>({ method, args, verb, wait, read }: CellsCall<T, A>): Promise<T> {
    try {
      checkWaitOptions(wait);
    } catch (error) {
      return failed(error);
    }
    this.#fill();
    const block = timeoutOf(wait?.timeout) > 0;
    return this.#ref.call<T, A | typeof LOCKED>(method, [block, ownerPath(), ...args], {
      verb,
      wait,
      late: LOCKED,
      // The word of the server counts: what timed out has not happened.
      givingUp: "ask",
      read: (answer) => {
        if (answer === LOCKED) throw new TimeoutError(`Cannot ${verb} ${this.label}: its lock was not free in time`);
        return read(answer);
      },
    });
  }

  /** A snapshot for debugging. */
  async statistics(): Promise<CellsStatistics> {
    return Object.freeze(await this.#ref.call<CellsStatistics>("statistics", [], { verb: "look at" }));
  }

  /** Puts the contents into the server, before anything else that this handle asks of it. Nobody else can have the lock yet, or may fill it meanwhile. */
  #fill(): Promise<unknown> | null {
    const contents = this.#contents;
    if (contents === null) return null;
    this.#contents = null;
    return this.#ref.call("fillIn", [contents], { verb: "fill" });
  }
}

/** The lock that was given, or whether there is one. @throws {TypeError} bad options, or a bad lock. */
export function lockOf(type: string, options: SharedOptions | undefined): Lock | RLock | boolean {
  if (options !== undefined && options !== null && typeof options !== "object") {
    throw new TypeError(`Cannot make ${article(type)}: options must be an object such as { lock: false }, received ${typeof options}`);
  }
  const lock = options?.lock ?? true;
  if (typeof lock === "boolean" || lock instanceof Lock || lock instanceof RLock) return lock;
  throw new TypeError(`Cannot make ${article(type)}: lock must be a Lock, an RLock or a boolean, received ${typeof lock}`);
}

/** `a Value`, `an Array`. */
export function article(type: string): string {
  return `${type === "Array" ? "an" : "a"} ${type}`;
}
