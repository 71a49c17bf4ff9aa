/** What the object server of every unit hosts, by the name that handles use. @module */
import { JoinableQueueObject, LifoQueueObject, PriorityQueueObject } from "../queues/joinable_queue_object.ts";
import { QueueObject } from "../queues/queue_object.ts";
import type { ServedTypes } from "../server/served.ts";
import { CellsObject } from "../sharedctypes/cells_object.ts";
import { BarrierObject } from "../sync/barrier_object.ts";
import { ConditionObject } from "../sync/condition_object.ts";
import { EventObject } from "../sync/event_object.ts";
import { LockObject } from "../sync/lock_object.ts";
import { RLockObject } from "../sync/rlock_object.ts";
import { SemaphoreObject } from "../sync/semaphore_object.ts";

/** What every unit's own server hosts. */
export const servedTypes: ServedTypes = {
  Lock: LockObject,
  RLock: RLockObject,
  Semaphore: SemaphoreObject,
  BoundedSemaphore: SemaphoreObject,
  Condition: ConditionObject,
  Event: EventObject,
  Barrier: BarrierObject,
  Queue: QueueObject,
  SimpleQueue: QueueObject,
  JoinableQueue: JoinableQueueObject,
  LifoQueue: LifoQueueObject,
  PriorityQueue: PriorityQueueObject,
  Value: CellsObject,
  Array: CellsObject,
};
