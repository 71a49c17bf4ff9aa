/** Which worker gets which task: idle workers pull from one queue, in the order of submission. Knows nothing of processes. @module */
import { Deque } from "../base/deque.ts";
import type { Task } from "./task.ts";

/** So many tasks that were withdrawn may wait for their turn, besides as many as there are others. */
const MOST_WITHDRAWN = 1000;

/** What can run one task at a time. */
export interface Slot {
  /** Starts a task. */
  run(task: Task): void;
}

/** What the scheduler tells its pool. */
export interface SchedulerEvents {
  /** There is work again. */
  busy(): void;
  /** All work is done. */
  quiet(): void;
}

/** The queue of one pool. */
export class Scheduler {
  readonly #queue = new Deque<Task>();
  readonly #idle: Slot[] = [];
  readonly #events: SchedulerEvents;
  readonly #over = () => this.#finished();
  #live = 0;

  /** @param events Where to tell of work. */
  constructor(events: SchedulerEvents) {
    this.#events = events;
  }

  /** How many tasks were submitted and have not ended. */
  get live(): number {
    return this.#live;
  }

  /** How many slots wait for work. */
  get idle(): number {
    return this.#idle.length;
  }

  /** Adds a task at the end of the queue. One that is not ready holds up those behind it: tasks begin in the order of their submission. */
  add(task: Task): void {
    this.#accept(task);
    this.#queue.push(task);
    this.#prepare(task);
  }

  /** Adds a task that was begun elsewhere at the front of the queue. */
  readd(task: Task): void {
    this.#accept(task);
    this.#queue.unshift(task);
    this.#prepare(task);
  }

  /** A slot wants work. */
  offer(slot: Slot): void {
    this.#idle.push(slot);
    this.#pump();
  }

  /** A slot wants no more work. */
  leave(slot: Slot): void {
    const at = this.#idle.indexOf(slot);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  /** Every task that waits in the queue. */
  queued(): Task[] {
    return [...this.#queue].filter((task) => task.state === "queued");
  }

  #accept(task: Task): void {
    task.onOver = this.#over;
    if (this.#live++ === 0) this.#events.busy();
  }

  #prepare(task: Task): void {
    if (task.ready === null) this.#pump();
    else task.ready.then(() => this.#pump());
  }

  #pump(): void {
    while (this.#idle.length > 0) {
      const task = this.#next();
      if (task === null) return;
      task.state = "running";
      this.#idle.pop()!.run(task);
    }
  }

  #next(): Task | null {
    for (;;) {
      const task = this.#queue.peek();
      if (task === undefined) return null;
      // A task that was withdrawn stays in the queue until its turn comes.
      if (task.state === "over") this.#queue.shift();
      else return task.ready === null ? this.#queue.shift()! : null;
    }
  }

  #finished(): void {
    this.#live--;
    if (this.#queue.length > 2 * this.#live + MOST_WITHDRAWN) this.#forgetWithdrawn();
    // It may have been one that held up those behind it. Later: those that are withdrawn together with it must not begin.
    if (this.#idle.length > 0 && this.#queue.length > 0) queueMicrotask(() => this.#pump());
    if (this.#live === 0) this.#events.quiet();
  }

  /** Where no slot asks for work, the turn of those that were withdrawn does not come. */
  #forgetWithdrawn(): void {
    const left = this.queued();
    this.#queue.clear();
    for (const task of left) this.#queue.push(task);
  }
}
