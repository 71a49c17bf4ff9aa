/** The queues behind {@linkcode JoinableQueue}, {@linkcode LifoQueue} and {@linkcode PriorityQueue}; live in the object server. @module */
import type { Call } from "../server/served.ts";
import { type ItemOrder, LifoItems, PriorityItems } from "./item_order.ts";
import { QueueObject } from "./queue_object.ts";

/** A queue whose items are reported done. */
export class JoinableQueueObject extends QueueObject {
  /** See {@linkcode ServedClass.exposed}. */
  static override readonly exposed: readonly string[] = [...QueueObject.exposed, "taskDone", "join"];

  /** An item that was put is done. `false`: all are. */
  taskDone(_call: Call): boolean {
    return this.done();
  }

  /** Whether every item that was put is done; with `block`, waits for it. */
  join(call: Call, block: unknown): boolean | Promise<true> {
    return this.allDone(call, block === true);
  }
}

/** The last item first. */
export class LifoQueueObject extends JoinableQueueObject {
  /** @param params `{ maxsize }`. */
  constructor(params: unknown, items: ItemOrder = new LifoItems()) {
    super(params, items);
  }
}

/** The smallest item first. */
export class PriorityQueueObject extends JoinableQueueObject {
  /** @param params `{ maxsize }`. */
  constructor(params: unknown, items: ItemOrder = new PriorityItems()) {
    super(params, items);
  }
}
