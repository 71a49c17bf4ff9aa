/** What `Value` and `Array` are handles on, wherever their cells live. @module */
import type { WaitOptions } from "../base/deadline.ts";
import type { UnderWay } from "../server/handle.ts";
import type { Lock } from "../sync/lock.ts";
import type { RLock } from "../sync/rlock.ts";
import type { CellsStatistics } from "./cells_object.ts";
import type { Cells, Typecode } from "./typecodes.ts";

/** A method of the cells. */
export type CellsMethod = "get" | "set" | "add" | "compareAndSwap" | "slice" | "setSlice" | "fill";

/** A call of it. */
export interface CellsCall<T, A> {
  method: CellsMethod;
  args: readonly unknown[];
  /** For messages: "get", "set". */
  verb: string;
  wait: WaitOptions | undefined;
  read(answer: A): T;
}

/** Cells as one handle sees them. */
export interface CellsHandle<C extends Typecode> {
  readonly typecode: C;
  readonly length: number;
  /** For messages. */
  readonly label: string;
  /** Whether there is a lock. */
  readonly isLocked: boolean;
  /** The lock. @throws {TypeError} there is none. */
  readonly lock: Lock | RLock;
  /** The memory itself. @throws {TypeError} it is in an object server. */
  readonly view: Cells;
  /** Calls a method, which is one step under the lock. @throws {TimeoutError} when the lock was not free in time. */
  call<T, A>(call: CellsCall<T, A>): Promise<T>;
  statistics(): Promise<CellsStatistics>;
  /** What travels. */
  reduce(...underWay: UnderWay): unknown;
}
