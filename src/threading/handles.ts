/** What may arrive from a thread. @module */
import { registerConnectionHandles } from "../connection/pipe.ts";
import { registerQueueHandles } from "../queues/handles.ts";
import { registerSyncHandles } from "../sync/handles.ts";
import { registerLocal } from "./local.ts";

/** Makes the shared objects of the layers below known to the wire format, for a program that uses nothing but threads. Calling it again does nothing. */
export function registerThreadHandles(): void {
  registerConnectionHandles();
  registerSyncHandles();
  registerQueueHandles();
  registerLocal();
}
