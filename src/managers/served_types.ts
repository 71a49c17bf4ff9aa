/** What an object server hosts, by the name that handles use. @module */
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
import { ArrayObject } from "./array_object.ts";
import { DictObject } from "./dict_object.ts";
import { ListObject } from "./list_object.ts";
import { SetObject } from "./set_object.ts";
import { ValueObject } from "./value_object.ts";

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

/** What a manager's server hosts. */
export const managedTypes: ServedTypes = {
  ...servedTypes,
  ListProxy: ListObject,
  DictProxy: DictObject,
  SetProxy: SetObject,
  NamespaceProxy: DictObject,
  ValueProxy: ValueObject,
  ArrayProxy: ArrayObject,
};
