/** Chooses where the cells of a `Value` or an `Array` live. @module */
import { canMapMemory } from "../memory/heap.ts";
import { gateOfRLock, RLock } from "../sync/rlock.ts";
import type { CellsHandle } from "./cells_handle.ts";
import { lockOf, ServedCells, type SharedOptions } from "./cells.ts";
import { MemoryCells, type MemoryState } from "./memory_cells.ts";
import type { Cells, Typecode } from "./typecodes.ts";

/** New cells: in shared memory, unless this unit can map none, or they are to be guarded by a given lock, beside which they live. */
export function createCells<C extends Typecode>(
  type: string,
  typecode: C,
  contents: number | Cells,
  options: SharedOptions | undefined,
): CellsHandle<C> {
  const lock = lockOf(type, options);
  const livesInMemory = typeof lock === "boolean" || lock instanceof RLock && gateOfRLock(lock) !== null;
  if (livesInMemory && canMapMemory()) return MemoryCells.create(type, typecode, contents, lock);
  return ServedCells.create(type, typecode, contents, lock);
}

/** Cells that a handle from elsewhere refers to. @throws {SerializationError} when the state is none of a handle. */
export function reviveCells(type: string, state: unknown): CellsHandle<Typecode> {
  const isInMemory = state !== null && typeof state === "object" && "memory" in state;
  return isInMemory ? MemoryCells.revive(type, state as Partial<MemoryState>) : ServedCells.revive(type, state);
}
