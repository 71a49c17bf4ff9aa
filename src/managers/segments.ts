/** The shared memory that a manager's server owns. @module */
import { type ShareableItem, ShareableList } from "../memory/shareable_list.ts";
import { SharedMemory } from "../memory/shared_memory.ts";

/** Memory that has a name until the server stops. Should that be killed, its program unlinks it when it ends. */
export class Segments {
  readonly #owned: SharedMemory[] = [];

  /** Sets memory aside. @param size Bytes. @returns its name @throws as `new SharedMemory` */
  create(size: number): string {
    return this.#keep(new SharedMemory({ create: true, size }));
  }

  /** Makes a `ShareableList`. @param items Its items. @returns its name @throws as `new ShareableList` */
  createList(items: readonly ShareableItem[]): string {
    return this.#keep(new ShareableList(items).shm);
  }

  /** Removes every name that is still there. @throws the first error of those that could not be removed, when all others have been */
  unlink(): void {
    const errors: unknown[] = [];
    for (const memory of this.#owned.splice(0)) {
      try {
        memory.unlink();
      } catch (error) {
        // A client has unlinked it.
        if ((error as { code?: unknown }).code !== "ENOENT") errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** The server only owns it: nothing is mapped here for longer than it takes to make it. */
  #keep(memory: SharedMemory): string {
    memory.close();
    this.#owned.push(memory);
    return memory.name;
  }
}
