/** One worker, as its pool sees it. @module */
import { WorkerDiedError } from "../base/errors.ts";
import type { Channel } from "../connection/channel.ts";
import { decodeValue } from "../reference/value.ts";
import { runtime } from "../runtime/runtime.ts";
import type { FunctionRecord } from "./functions.ts";
import type { WorkerUnit } from "./launch.ts";
import {
  addressTask,
  bareFrame,
  BROKEN,
  cancelFrame,
  functionFrame,
  malformed,
  readReport,
  readResults,
  READY,
  REPORT,
  RESULTS,
  STOP,
  taskOfResults,
} from "./protocol.ts";
import { atCall } from "./remote_error.ts";
import type { Slot } from "./scheduler.ts";
import type { Runner, Task } from "./task.ts";
import { encodeThrown } from "./thrown.ts";

/** A worker that has closed its channel is at its end; one that is still there after so many milliseconds is killed. */
const LONGEST_FAREWELL = 5000;
/** The longest delay a timer takes. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What a worker tells its pool. */
export interface WorkerEvents {
  /** It wants a task; the first time when its initializer is done. */
  free(worker: WorkerHandle): void;
  /** Its initializer failed. */
  broken(error: unknown): void;
  /** It could not be started. */
  unstarted(worker: WorkerHandle, error: unknown): void;
  /** Its channel is closed, so it takes no task any more. */
  leaving(worker: WorkerHandle): void;
  /** It has ended, after everything it sent was received. `lost` is the task it had in hand, and why it is lost. */
  ended(worker: WorkerHandle, exitcode: number | null, lost: { task: Task; error: unknown } | null): void;
}

/** A worker from its start to its end. */
export class WorkerHandle implements Slot, Runner {
  readonly #unit: WorkerUnit;
  readonly #events: WorkerEvents;
  readonly #knows = new Set<number>();
  #channel: Channel | null = null;
  #task: Task | null = null;
  #taskNumber = 0;
  /** What it said that cannot be; from then on it is not heard. */
  #fault: { error: unknown } | null = null;
  #stopGrace: () => void = () => {};
  /** The initializer is done. */
  ready = false;
  /** It takes no more tasks. */
  stopping = false;
  /** How many tasks it has done. */
  done = 0;

  /** @param unit The running unit. @param events Where to tell what happens. */
  constructor(unit: WorkerUnit, events: WorkerEvents) {
    this.#unit = unit;
    this.#events = events;
    void this.#live();
  }

  /** The unit's name. */
  get name(): string {
    return this.#unit.name;
  }

  /** The unit's process. */
  get pid(): number | null {
    return this.#unit.pid;
  }

  /** How it ran out of memory, in words, once it has ended so; else `null`. */
  get outOfMemory(): string | null {
    return this.#unit.outOfMemory;
  }

  /** The task in hand. */
  get task(): Task | null {
    return this.#task;
  }

  /** Sends a task. */
  run(task: Task): void {
    const channel = this.#channel!;
    const { fn } = task;
    if (!this.#knows.has(fn.id)) this.#teach(channel, fn);
    this.#task = task;
    this.#taskNumber = (this.#taskNumber + 1) >>> 0;
    task.runner = this;
    const frame = task.frame!;
    addressTask(frame, this.#taskNumber, fn.id);
    if (!task.mayRepeat) task.frame = null;
    channel.send(frame);
  }

  cancel(task: Task, reason: unknown, grace: number): void {
    // Its last result may be what the caller gave up for.
    if (this.#task !== task || task.answered) return;
    if (grace === 0) return this.kill();
    if (grace !== Infinity) this.#stopGrace = runtime.backgroundTimer(Math.min(grace, LONGEST_TIMER), () => this.kill());
    const number = this.#taskNumber;
    const send = (bytes: Uint8Array) => {
      if (this.#task === task) this.#channel!.send(cancelFrame(number, bytes));
    };
    const bytes = encodeThrown(reason);
    if (bytes instanceof Uint8Array) send(bytes);
    else void bytes.then(send);
  }

  /** Lets it end in order, when the task in hand is done. */
  stop(): void {
    this.stopping = true;
    this.#channel?.send(bareFrame(STOP));
  }

  /** Ends it at once. */
  kill(): void {
    this.stopping = true;
    this.#unit.kill();
  }

  /** Asks it to end, then kills it. */
  terminate(grace: number): void {
    this.stopping = true;
    this.#unit.terminate(grace);
  }

  #teach(channel: Channel, fn: FunctionRecord): void {
    channel.send(functionFrame(fn.id, fn.reference!));
    this.#knows.add(fn.id);
  }

  async #live(): Promise<void> {
    let channel: Channel;
    try {
      channel = await this.#unit.channel;
    } catch (error) {
      this.#events.unstarted(this, error);
      return;
    }
    this.#channel = channel;
    // The pool may have given it up meanwhile.
    if (this.stopping) channel.send(bareFrame(STOP));
    channel.onFrame((frame) => this.#receive(frame));
    await channel.closed;
    this.#events.leaving(this);
    const withdraw = runtime.backgroundTimer(LONGEST_FAREWELL, () => this.#unit.kill());
    const exitcode = await this.#unit.ended;
    withdraw();
    this.#stopGrace();
    const task = this.#task;
    this.#task = null;
    const lost = task && { task, error: this.#fault === null ? workerDied(this, exitcode, task) : this.#fault.error };
    this.#events.ended(this, exitcode, lost);
  }

  #receive(frame: Uint8Array): void {
    if (this.#fault !== null) return;
    try {
      if (frame[0] === RESULTS) this.#results(frame);
      else if (frame[0] === REPORT) this.#report(frame);
      else if (frame[0] === READY) this.#becomeReady();
      else if (frame[0] === BROKEN) void this.#becomeBroken(frame.subarray(1));
      else throw malformed(`a message of kind ${frame[0]}`);
    } catch (error) {
      // Nothing that it says can be trusted any more.
      this.#fault = { error };
      this.kill();
    }
  }

  #becomeReady(): void {
    this.ready = true;
    this.#events.free(this);
  }

  async #becomeBroken(error: Uint8Array): Promise<void> {
    this.stopping = true;
    try {
      this.#events.broken(await decodeValue(error));
    } catch (undecodable) {
      this.#events.broken(undecodable);
    }
  }

  #report(frame: Uint8Array): void {
    const { task, item, value } = readReport(frame);
    if (this.#task === null || task !== this.#taskNumber) throw malformed("a report about a task that it was not given");
    this.#task.report(item, value);
  }

  #results(frame: Uint8Array): void {
    const task = this.#task;
    if (task === null || taskOfResults(frame) !== this.#taskNumber) throw malformed("results of a task that it was not given");
    readResults(frame, (status, outcome) => {
      if (task.answered) throw malformed("more results than the task has items");
      task.receive(status, outcome);
    });
    if (!task.answered) return;
    this.#stopGrace();
    this.#task = null;
    this.done++;
    this.#events.free(this);
  }
}

/** The error for a task whose worker has ended. */
function workerDied(worker: WorkerHandle, exitcode: number | null, task: Task): WorkerDiedError {
  const { outOfMemory } = worker;
  const what = `Cannot finish the task ${task.fn.name}: its worker ${worker.name} died`;
  return atCall(deathOf(what, { exitcode, task: task.fn.name, outOfMemory }), task.owner.site);
}

/** The error for a worker's end. */
export function deathOf(
  what: string,
  { exitcode, task, outOfMemory }: { exitcode: number | null; task: string | null; outOfMemory: string | null },
): WorkerDiedError {
  const signal = exitcode !== null && exitcode < 0 ? runtime.signalName(-exitcode) : null;
  const how = signal !== null ? `by the signal ${signal}` : `with exit code ${exitcode}`;
  const why = outOfMemory === null ? "" : `: ${outOfMemory}`;
  return new WorkerDiedError(`${what} ${how}${why}`, { exitcode, signal, task, outOfMemory: outOfMemory !== null });
}
