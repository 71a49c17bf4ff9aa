/** One unit of work for a worker: a function and the items it is called with, one after the other. @module */
import { WorkerDiedError } from "../base/errors.ts";
import { decodeValue, type Undo } from "../reference/value.ts";
import { discard, type Encoded, undo } from "./carried.ts";
import type { FunctionRecord } from "./functions.ts";
import { ERROR, malformed, REPORTS, STREAM, taskFrame, withoutFirst } from "./protocol.ts";
import { type CallSite, withTraceback } from "./remote_error.ts";

/** Whoever made tasks and wants their outcomes. */
export interface TaskOwner {
  /** Where the call came from, for tracebacks. */
  readonly site: CallSite;
  /** No outcome is wanted any more. */
  readonly settled: boolean;
  /** How often an item that was lost with its worker may be run again. */
  readonly retries: number;
  /** Whether it wants reports. */
  readonly listens: boolean;
  /** An item has its outcome: a result, or what was thrown. Called once an item, in any order. */
  outcome(index: number, ok: boolean, value: unknown): void;
  /** An item's function has reported a value; only where it listens. */
  reported(index: number, value: unknown): void;
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
  /** Asks a task to end, and ends it with its worker when it still runs after `grace` milliseconds. Does nothing when it has ended. */
  cancel(task: Task, reason: unknown, grace: number): void;
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
  /** By items, what to call when one is never decoded. Default: nothing. */
  carried?: Undo[];
  /** How often the first item has been lost with a worker. Default: 0. */
  losses?: number;
}

/** The items of a task. */
export interface TaskItems {
  /** The owner's number of the first. */
  first: number;
  items: readonly Encoded[];
  /** By items, what to call when one is never decoded. */
  carried: Undo[];
}

/** Makes a task of encoded items. `shape`: see the modes of the protocol. */
export function taskOf(fn: FunctionRecord, owner: TaskOwner, shape: number, { first, items, carried }: TaskItems): Task {
  // What is to be run again must be known exactly.
  const mode = shape | (owner.listens ? REPORTS : 0) | (owner.retries > 0 && items.length > 1 ? STREAM : 0);
  const frame = items.every((item) => item instanceof Uint8Array)
    ? taskFrame(mode, items)
    : Promise.all(items).then((bytes) => taskFrame(mode, bytes));
  return new Task({ fn, owner, first, count: items.length, frame, carried });
}

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
  /** How often the first item has been lost. */
  readonly #losses: number;
  /** Kept to the end: a task that is run again is decoded again. */
  readonly #carried: Undo[];
  /** Reports that are being decoded; what comes after them waits. */
  #reports: Promise<void> | null = null;

  /** @param parts What it is made from. */
  constructor({ fn, owner, first, count, frame, carried = [], losses = 0 }: TaskParts) {
    this.fn = fn;
    this.owner = owner;
    this.first = first;
    this.count = count;
    this.#carried = carried;
    this.#losses = losses;
    if (frame instanceof Uint8Array && fn.reference !== null) this.frame = frame;
    else this.ready = this.#prepare(frame);
    owner.taskMade(this);
  }

  /** Whether every item has come back, so that the worker is free. */
  get answered(): boolean {
    return this.#received === this.count;
  }

  /** Whether the frame may be needed once more after it was sent. A task of one item is never sent again, so its arguments need not be kept. */
  get mayRepeat(): boolean {
    return this.count > 1 || this.owner.retries > 0;
  }

  /** A report has come about an item of its own. */
  report(item: number, bytes: Uint8Array): void {
    if (item >= this.count) throw malformed(`a report about item ${item} of ${this.count}`);
    const { owner } = this;
    if (!this.#wanted || !owner.listens) return;
    const tell = (value: unknown) => {
      if (this.#wanted) owner.reported(this.first + item, value);
    };
    const fail = (error: unknown) => owner.fail(error);
    if (this.#reports !== null) {
      this.#reports = this.#reports.then(() => decodeValue(bytes)).then(tell, fail);
      return;
    }
    try {
      const value = decodeValue(bytes);
      if (value instanceof Promise) this.#reports = value.then(tell, fail);
      else tell(value);
    } catch (error) {
      fail(error);
    }
  }

  /** The outcome of the next item has come. */
  receive(status: number, bytes: Uint8Array): void {
    const index = this.first + this.#received++;
    const threw = status === ERROR;
    try {
      const value = this.#reports === null ? decodeValue(bytes) : this.#reports.then(() => decodeValue(bytes));
      if (!(value instanceof Promise)) return this.#tell(index, !threw, threw ? this.#traced(value) : value);
      value.then(
        (late) => this.#tell(index, !threw, threw ? this.#traced(late) : late),
        (error) => this.#tell(index, false, error),
      );
    } catch (error) {
      this.#tell(index, false, error);
    }
  }

  /**
   * The worker has ended in the middle. The item it was at is run again, if its owner allows that, or fails; it in the one case, and those not begun in
   * both, are given to `requeue`, if they are still wanted.
   */
  lose(error: unknown, requeue: (rest: Task) => void): void {
    // What the worker has decoded is not held any more.
    const carried = this.#carried.slice(this.#received);
    if (this.state === "over") return undo(carried);
    const { fn, owner, frame, first, count } = this;
    // An item that others went before has not been lost before: it would have been the first.
    const losses = this.#received === 0 ? this.#losses + 1 : 1;
    const again = error instanceof WorkerDiedError && losses <= owner.retries;
    const gone = this.#received + (again ? 0 : 1);
    const left = count - gone;
    const rest = left > 0 && this.#wanted ? withoutFirst(frame!, gone) : null;
    this.#received = count;
    if (!again && this.#wanted) owner.outcome(first + gone - 1, false, error);
    // The owner may have given up because of it.
    if (rest !== null && this.#wanted) {
      const kept = carried.splice(again ? 0 : 1);
      requeue(new Task({ fn, owner, first: first + gone, count: left, frame: rest, losses: again ? losses : 0, carried: kept }));
    }
    undo(carried);
    // This task has no more items than those that were begun.
    this.#count(left + (again ? 0 : 1));
  }

  /** Ends it without outcomes: its owner has given up, or has been told otherwise. A worker that runs it goes on. */
  drop(): void {
    if (this.state === "over") return;
    if (this.state === "queued") undo(this.#carried);
    this.state = "over";
    this.frame = null;
    this.owner.taskOver(this);
    this.onOver();
  }

  /** Gives it up: out of the queue, or off its worker, which is told the reason. */
  abort(reason: unknown, grace: number): void {
    if (this.state === "over") return;
    const runner = this.runner;
    this.drop();
    runner?.cancel(this, reason, grace);
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
    else discard(value);
    this.#count();
  }

  #count(items = 1): void {
    this.#told += items;
    if (this.#told === this.count) this.drop();
  }
}
