/** Which shared memory travels. @module */
import { registerShareableList } from "./shareable_list.ts";
import { registerSharedMemory } from "./shared_memory.ts";

/** Lets every class of this folder travel. Calling it again does nothing. */
export function registerMemoryHandles(): void {
  registerSharedMemory();
  registerShareableList();
}
