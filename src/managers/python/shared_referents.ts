/** Queues, events and locks of this library for Python programs: both sides use the same one. @module */
import { JoinableQueue } from "../../queues/joinable_queue.ts";
import type { Queue } from "../../queues/queue.ts";
import type { Event } from "../../sync/event.ts";
import type { Lock } from "../../sync/lock.ts";
import type { Semaphore } from "../../sync/semaphore.ts";
import { bind, milliseconds, type PythonCall, raise, type Referent } from "./referent.ts";

function referent(name: string, methods: Record<string, (call: PythonCall) => unknown>): Referent {
  return {
    methods: new Map(Object.entries(methods)),
    value: () => raise("TypeError", `cannot pickle '${name}' object`),
    repr: () => `<${name} object>`,
  };
}

/** How long a call with `block` and `timeout` waits, in milliseconds. */
function patience(block: unknown, timeout: unknown): number {
  return block === false || block === 0 ? 0 : milliseconds(timeout);
}

/** A queue, as `queue.Queue`. Its items travel in this library's own format on the way: a tuple comes out as a list, a frozenset as a set. */
export function queueReferent(queue: Queue<unknown>): Referent {
  return referent("Queue", {
    put: (call) => {
      const [item, block, timeout] = bind(["item", "block", "timeout"], call);
      return queue.put(item, { timeout: patience(block, timeout), signal: call.signal });
    },
    get: (call) => {
      const [block, timeout] = bind(["block", "timeout"], call);
      return queue.get({ timeout: patience(block, timeout), signal: call.signal });
    },
    put_nowait: (call) => queue.putNowait(bind(["item"], call)[0]),
    get_nowait: () => queue.getNowait(),
    qsize: () => queue.qsize(),
    empty: () => queue.empty(),
    full: () => queue.full(),
    ...queue instanceof JoinableQueue
      ? { task_done: () => queue.taskDone(), join: ({ signal }: PythonCall) => queue.join({ signal }) }
      : {},
  });
}

/** An event, as `threading.Event`. */
export function eventReferent(event: Event): Referent {
  return referent("Event", {
    is_set: () => event.isSet(),
    set: () => event.set(),
    clear: () => event.clear(),
    wait: (call) => event.wait({ timeout: milliseconds(bind(["timeout"], call)[0]), signal: call.signal }),
  });
}

/** A lock, as `threading.Lock`: anybody may release it. */
export function lockReferent(lock: Lock): Referent {
  return referent("lock", {
    acquire: (call) => acquire(lock, call),
    release: async () => {
      if (!await lock.locked()) raise("RuntimeError", "release unlocked lock");
      await lock.release();
    },
    locked: () => lock.locked(),
  });
}

/** A semaphore, as `threading.Semaphore`. */
export function semaphoreReferent(semaphore: Semaphore): Referent {
  return referent("Semaphore", {
    acquire: (call) => acquire(semaphore, call),
    release: (call) => semaphore.release((bind(["n"], call)[0] ?? 1) as number),
    get_value: () => semaphore.getValue(),
  });
}

function acquire(lock: Lock | Semaphore, call: PythonCall): Promise<boolean> {
  const [blocking, timeout] = bind(["blocking", "timeout"], call);
  // Python's own default is -1, for ever.
  const seconds = typeof timeout === "number" && timeout < 0 ? null : timeout;
  return lock.acquire({ timeout: patience(blocking, seconds), signal: call.signal });
}
