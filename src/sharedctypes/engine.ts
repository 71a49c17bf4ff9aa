/** Chooses where the cells of a `Value` or an `Array` live. @module */
import { canMapMemory } from "../memory/heap.ts";
import { gateOfRLock, RLock } from "../sync/rlock.ts";
import type { CellsHandle } from "./cells_handle.ts";
import { isForThreads, lockOf, ServedCells, type SharedOptions } from "./cells.ts";
import { MemoryCells, type MemoryState } from "./memory_cells.ts";
import type { Cells, Typecode } from "./typecodes.ts";

/**
 * New cells: those made for threads are in memory that only threads share; others in memory of the whole program, or where this unit can map none, in the object
 * server. A given lock decides alone: they live where it lives.
 */
export function createCells<C extends Typecode>(
  type: string,
  typecode: C,
  contents: number | Cells,
  options: SharedOptions | undefined,
): CellsHandle<C> {
  const lock = lockOf(type, options);
  if (typeof lock === "boolean") {
    const reach = isForThreads(options) ? "threads" : canMapMemory() ? "program" : null;
    if (reach !== null) return MemoryCells.create(type, typecode, contents, lock, reach);
  } else if (lock instanceof RLock) {
    const reach = gateOfRLock(lock)?.gate.reach;
    if (reach === "threads" || reach === "program" && canMapMemory()) return MemoryCells.create(type, typecode, contents, lock, reach);
  }
  return ServedCells.create(type, typecode, contents, lock);
}

/** Cells that a handle from elsewhere refers to. @throws {SerializationError} when the state is none of a handle. */
export function reviveCells(type: string, state: unknown): CellsHandle<Typecode> {
  const isInMemory = state !== null && typeof state === "object" && "memory" in state;
  return isInMemory ? MemoryCells.revive(type, state as Partial<MemoryState>) : ServedCells.revive(type, state);
}
