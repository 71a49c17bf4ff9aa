/** Which queues travel. @module */
import { registerJoinableQueues } from "./joinable_queue.ts";
import { registerQueue } from "./queue.ts";
import { registerSimpleQueue } from "./simple_queue.ts";

/** Lets every class of this folder travel. Calling it again does nothing. */
export function registerQueueHandles(): void {
  registerQueue();
  registerJoinableQueues();
  registerSimpleQueue();
}
