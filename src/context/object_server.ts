/** The object server with every type of object it hosts. @module */
import { QueueObject } from "../queues/queue_object.ts";
import { objectServerMain } from "../server/main.ts";
import { EventObject } from "../sync/event_object.ts";
import { LockObject } from "../sync/lock_object.ts";

/** Runs the object server in this unit. */
export function runObjectServer(data: unknown): Promise<void> {
  return objectServerMain(data, { Lock: LockObject, Event: EventObject, Queue: QueueObject });
}
