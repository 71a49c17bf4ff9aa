/** `SharedMemoryManager`. @module */
import { control, CoreManager } from "../managers/manager.ts";
import { checkedItems, packedItems, type ShareableItem, ShareableList } from "../memory/shareable_list.ts";
import { checkedSize, SharedMemory } from "../memory/shared_memory.ts";
import { BaseManager } from "./manager.ts";
import type { ManagerOptions } from "./manager_binding.ts";

/**
 * A manager whose process owns shared memory: what it makes is unlinked when it shuts down, so that nobody has to remember it.
 *
 * - **Start it** before use; `await using` shuts it down. Also `getServer()` and `connect()` work: the memory belongs to the server, not to the client that asked.
 * - **What it gives** is memory of this machine, attached here. It travels by name, as every `SharedMemory`. `close()` ends the use of one object.
 * - **At the end**, by `shutdown()` or with the program, the names go; who has the memory attached keeps it. When the manager's process alone is killed, they go
 *   with its program, which says so on stderr.
 * - **Needs** what `SharedMemory` needs, here and in the manager's process.
 *
 * *Differs from Python*: `SharedMemory` and `ShareableList` are asynchronous; unlinking by hand before the shutdown is no error at the shutdown.
 *
 * Python: `multiprocessing/managers.py`, `SharedMemoryManager`.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import { SharedMemoryManager } from "@fenshen/multiprocessing/managers";
 * import type { ShareableList } from "@fenshen/multiprocessing/shared_memory";
 * import assert from "node:assert/strict";
 *
 * export function double(list: ShareableList, index: number) {
 *   list.set(index, 2 * (list.get(index) as number));
 *   list.shm.close();
 * }
 *
 * if (mp.isMain(import.meta)) {
 *   await using manager = new SharedMemoryManager();
 *   await manager.start();
 *   const list = await manager.ShareableList([1, 2, 3]);
 *   await using pool = new mp.Pool(2);
 *   await pool.starmap(double, [[list, 0], [list, 1], [list, 2]]);
 *   assert.deepEqual([...list], [2, 4, 6]);
 * }
 * ```
 */
export class SharedMemoryManager extends BaseManager {
  /** Prepares a manager; nothing starts yet. @param options See there. @throws {TypeError} for a bad one. */
  constructor(options?: ManagerOptions) {
    if (options?.codec === "pickle") {
      throw new TypeError(
        `Cannot make a SharedMemoryManager: Python programs attach its memory by name, so codec must be "native", received "pickle"`,
      );
    }
    super(options);
  }

  /**
   * Memory that the manager owns, attached here.
   *
   * @param size Bytes; at least 1.
   * @throws {TypeError} no number. {@linkcode RangeError} below 1. {@linkcode ProcessError} not started, or memory cannot be mapped here or there.
   * {@linkcode BrokenPipeError} the manager has ended. An `Error` with `code` `"ENOSPC"`: no memory.
   */
  async SharedMemory(size: number): Promise<SharedMemory> {
    return new SharedMemory({ name: await this.#name("make a SharedMemory", "createMemory", checkedSize(size)) });
  }

  /** A list in memory that the manager owns, attached here. @param sequence Its items. @throws As the constructor of `ShareableList`, and as for `SharedMemory`. */
  async ShareableList(sequence: Iterable<ShareableItem>): Promise<ShareableList> {
    const items = checkedItems(sequence);
    // Refused here, before they leave.
    packedItems(items);
    return new ShareableList(null, { name: await this.#name("make a ShareableList", "createList", items) });
  }

  #name(verb: string, method: string, argument: unknown): Promise<string> {
    return CoreManager.linkOf(this, verb).client.call(control, method, [argument], { verb });
  }
}
