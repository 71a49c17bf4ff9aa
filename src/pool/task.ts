/** One unit of work for a worker: a function and the items it is called with, one after the other. @module */
import { decodeValue } from "../reference/value.ts";
import type { FunctionRecord } from "./functions.ts";
import { ERROR, taskFrame, withoutFirst } from "./protocol.ts";
import { type CallSite, withTraceback } from "./remote_error.ts";

/** Whoever made tasks and wants their outcomes. */
export interface TaskOwner {
  /** Where the call came from, for tracebacks. */
  readonly site: CallSite;
  /** No outcome is wanted any more. */
  readonly settled: boolean;
  /** An item has its outcome: a result, or what was thrown. Called once an item, in any order. */
  outcome(index: number, ok: boolean, value: unknown): void;
  /** All of it has failed: the pool is broken or was terminated, or something in it cannot travel. */
  fail(error: unknown): void;
  /** A task of its own was made. */
  taskMade(task: Task): void;
  /** A task of its own has ended. */
  taskOver(task: Task): void;
}

/** What runs a task. */
export interface Runner {
  /** For tracebacks. */
  readonly name: string;
  /** Stops the task in the only way there is: with its worker. */
  kill(): void;
}

/** Where a task is in its life. */
export type TaskState = "queued" | "running" | "over";

/** What a task is made from. */
export interface TaskParts {
  fn: FunctionRecord;
  owner: TaskOwner;
  /** The owner's number of the first item. */
  first: number;
  count: number;
  /** What is sent; a promise while something in it is being looked for. */
  frame: Uint8Array | Promise<Uint8Array>;
}

/** Makes a task of encoded items. `mode`: see the protocol. */
export function taskOf(fn: FunctionRecord, owner: TaskOwner, first: number, mode: number, items: readonly Encoded[]): Task {
  const frame = items.every((item) => item instanceof Uint8Array)
    ? taskFrame(mode, items)
    : Promise.all(items).then((bytes) => taskFrame(mode, bytes));
  return new Task({ fn, owner, first, count: items.length, frame });
}

/** Bytes of a value, or the promise of them. */
export type Encoded = Uint8Array | Promise<Uint8Array>;

/** A task, from its submission to its end. */
export class Task {
  readonly fn: FunctionRecord;
  readonly owner: TaskOwner;
  readonly first: number;
  readonly count: number;
  state: TaskState = "queued";
  /** Settles when the task can be sent, or has ended without; `null` when it can. */
  ready: Promise<void> | null = null;
  /** What is sent; `null` while something in it is being looked for, and after the end. */
  frame: Uint8Array | null = null;
  runner: Runner | null = null;
  /** For the scheduler: told once, at the end. */
  onOver: () => void = () => {};
  /** How many items have come back. */
  #received = 0;
  /** How many outcomes the owner has got; a result may have to be waited for. */
  #told = 0;

  /** @param parts What it is made from. */
  constructor({ fn, owner, first, count, frame }: TaskParts) {
    this.fn = fn;
    this.owner = owner;
    this.first = first;
    this.count = count;
    if (frame instanceof Uint8Array && fn.reference !== null) this.frame = frame;
    else this.ready = this.#prepare(frame);
    owner.taskMade(this);
  }

  /** Whether every item has come back, so that the worker is free. */
  get answered(): boolean {
    return this.#received === this.count;
  }

  /** The outcome of the next item has come. */
  receive(status: number, bytes: Uint8Array): void {
    const index = this.first + this.#received++;
    if (!this.#wanted) return this.#tell(index, true, undefined);
    const threw = status === ERROR;
    try {
      const value = decodeValue(bytes);
      if (!(value instanceof Promise)) return this.#tell(index, !threw, threw ? this.#traced(value) : value);
      value.then(
        (late) => this.#tell(index, !threw, threw ? this.#traced(late) : late),
        (error) => this.#tell(index, false, error),
      );
    } catch (error) {
      this.#tell(index, false, error);
    }
  }

  /** The worker has ended in the middle: the item it was at fails; those it had not begun are given to `requeue`, if they are still wanted. */
  lose(error: unknown, requeue: (rest: Task) => void): void {
    if (this.state === "over") return;
    const index = this.first + this.#received++;
    const left = this.count - this.#received;
    const { fn, owner, frame } = this;
    // From here on this task has no more items than those that were begun.
    this.#told += left;
    const rest = left > 0 && this.#wanted ? withoutFirst(frame!, this.#received) : null;
    this.#received = this.count;
    if (this.#wanted) owner.outcome(index, false, error);
    // The owner may have given up because of it.
    if (rest !== null && this.#wanted) requeue(new Task({ fn, owner, first: index + 1, count: left, frame: rest }));
    this.#count();
  }

  /** Ends it without outcomes: its owner has given up, or has been told otherwise. A worker that runs it goes on. */
  drop(): void {
    if (this.state === "over") return;
    this.state = "over";
    this.frame = null;
    this.owner.taskOver(this);
    this.onOver();
  }

  /** Gives it up: out of the queue, or off its worker. */
  abort(): void {
    if (this.state === "over") return;
    const runner = this.runner;
    this.drop();
    runner?.kill();
  }

  get #wanted(): boolean {
    return this.state !== "over" && !this.owner.settled;
  }

  /** Never rejects: what cannot travel is told to the owner. */
  async #prepare(frame: Uint8Array | Promise<Uint8Array>): Promise<void> {
    const [fn, bytes] = await Promise.allSettled([this.fn.ready, frame]);
    this.ready = null;
    if (this.state === "over") return;
    if (fn.status === "rejected") this.owner.fail(fn.reason);
    else if (bytes.status === "fulfilled") this.frame = bytes.value;
    else if (this.count === 1) this.owner.outcome(this.first, false, bytes.reason);
    else this.owner.fail(bytes.reason);
    if (this.frame === null) this.drop();
  }

  #traced(thrown: unknown): unknown {
    return withTraceback(thrown, this.owner.site, this.runner?.name ?? "a worker");
  }

  #tell(index: number, ok: boolean, value: unknown): void {
    if (this.#wanted) this.owner.outcome(index, ok, value);
    this.#count();
  }

  #count(): void {
    this.#told++;
    if (this.#told === this.count) this.drop();
  }
}
