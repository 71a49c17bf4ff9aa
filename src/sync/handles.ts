/** Which synchronisation objects travel. @module */
import { registerBarrier } from "./barrier.ts";
import { registerCondition } from "./condition.ts";
import { registerEvent } from "./event.ts";
import { registerLock } from "./lock.ts";
import { registerRLock } from "./rlock.ts";
import { registerSemaphores } from "./semaphore.ts";

/** Lets every class of this folder travel. Calling it again does nothing. */
export function registerSyncHandles(): void {
  registerLock();
  registerRLock();
  registerCondition();
  registerEvent();
  registerBarrier();
  registerSemaphores();
}
