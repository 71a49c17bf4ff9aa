/** The life of one pool: who may submit, what ends it, and who is told. @module */
import { ClosedError, ProcessError } from "../base/errors.ts";
import { trackPending } from "../base/pending.ts";
import { formatError } from "../base/traceback.ts";
import { bootstrapScope, runAsTarget } from "../reference/importing.ts";
import { type Audience, encodeValue, type Undo } from "../reference/value.ts";
import { log } from "../runtime/log.ts";
import { runtime } from "../runtime/runtime.ts";
import { Crew } from "./crew.ts";
import { FunctionTable } from "./functions.ts";
import type { LaunchWorker, WorkerSetup } from "./launch.ts";
import type { PoolPlan } from "./options.ts";
import { markDeliberate } from "./results.ts";
import { Scheduler } from "./scheduler.ts";
import type { Task } from "./task.ts";

/** Where a pool is in its life. */
export type PoolState = "running" | "closed" | "terminated" | "broken";

/** A call that draws from an iterable, and may submit more. */
export interface OpenCall {
  /** Ends it: the pool is broken or was terminated. */
  fail(error: unknown): void;
  /** Somebody waits for the pool to end. */
  widen(): void;
}

/** What is behind a pool. */
export class PoolCore {
  readonly size: number;
  readonly functions = new FunctionTable();
  readonly #isOfThreads: boolean;
  readonly #scheduler: Scheduler;
  readonly #crew: Crew;
  readonly #open = new Set<OpenCall>();
  /** Keeps what the initializer is given: workers are started later on too. */
  readonly #carried: Undo[] = [];
  #state: PoolState = "running";
  #error: unknown = null;
  #errorTold = false;
  #workDone: () => void = () => {};

  /** Starts the workers. @param plan The pool's options. @param launch How a worker is started. */
  constructor(plan: PoolPlan, launch: LaunchWorker) {
    this.size = plan.size;
    this.#isOfThreads = plan.isOfThreads;
    this.#scheduler = new Scheduler({ busy: () => this.#busy(), quiet: () => this.#quiet() });
    // Workers are started later on too, from event handlers, whose scope is not that of the code that made the pool.
    const inTarget = bootstrapScope() === "target";
    this.#crew = new Crew({
      size: plan.size,
      maxTasks: plan.maxTasks,
      launch: inTarget ? (setup) => runAsTarget(() => launch(setup)) : launch,
      setup: encodeSetup(plan, this.#carried),
    }, {
      free: (worker) => this.#scheduler.offer(worker),
      gone: (worker) => this.#scheduler.leave(worker),
      requeue: (task) => this.#scheduler.readd(task),
      broken: (error) => this.#break(error),
    });
  }

  /** Where the pool is in its life. */
  get state(): PoolState {
    return this.#state;
  }

  /** Numbers for debugging. */
  get counts(): { workers: number; idle: number; tasks: number } {
    return { workers: this.#crew.workers.size, idle: this.#scheduler.idle, tasks: this.#scheduler.live };
  }

  /** Why nothing can be submitted, or `null` when it can. */
  refusal(): { error: unknown } | null {
    if (this.#state === "running") return null;
    if (this.#state !== "broken") {
      return { error: new ClosedError(`Cannot submit to a Pool: it ${this.#state === "closed" ? "is closed" : "was terminated"}`) };
    }
    this.#errorTold = true;
    return { error: this.#error };
  }

  /** Who decodes the arguments of a task: one worker, or with `retries` one after the other. */
  audience(retries: number): Audience {
    if (!this.#isOfThreads) return "process";
    return retries > 0 ? "often" : "once";
  }

  /** Queues a task. */
  submit(task: Task): void {
    this.#scheduler.add(task);
  }

  /** Notes a call that will submit more, also after `close()`. */
  opened(call: OpenCall): void {
    this.#open.add(call);
  }

  /** Notes that a call submits no more. */
  closed(call: OpenCall): void {
    if (this.#open.delete(call)) this.#stopWhenDone();
  }

  /** Accepts no more work; workers end when all is done. */
  close(): void {
    log.debug("closing pool");
    if (this.#state === "broken" && !this.#errorTold) {
      this.#errorTold = true;
      log.error(() => `A Pool was broken before anything was submitted:\n${formatError(this.#error)}`);
    }
    if (this.#state !== "running") return;
    this.#state = "closed";
    this.#stopWhenDone();
  }

  /** Ends the workers and rejects what is pending. */
  terminate(): Promise<void> {
    log.debug("terminating pool");
    if (this.#state !== "terminated") {
      if (this.#state !== "broken") this.#state = "terminated";
      this.#failAll(() => markDeliberate(new ProcessError("Cannot finish a task: the pool was terminated")));
      this.#crew.terminate();
    }
    return this.#ended();
  }

  /** Waits until every worker has ended. @throws {ProcessError} while the pool accepts work. */
  async join(): Promise<void> {
    log.debug("joining pool");
    if (this.#state === "running") throw new ProcessError("Cannot join a Pool: it is still running; call close() or terminate() first");
    for (const call of this.#open) call.widen();
    await this.#ended();
  }

  async #ended(): Promise<void> {
    const release = runtime.keepAlive();
    try {
      await this.#crew.ended();
    } finally {
      release();
    }
  }

  #busy(): void {
    const release = runtime.keepAlive();
    const work = new Promise<void>((resolve) => (this.#workDone = resolve));
    void trackPending(work.then(release));
  }

  #quiet(): void {
    this.#workDone();
    this.#stopWhenDone();
  }

  #stopWhenDone(): void {
    if (this.#state === "closed" && this.#scheduler.live === 0 && this.#open.size === 0) this.#crew.stop();
  }

  #break(error: unknown): void {
    if (this.#state === "broken" || this.#state === "terminated") return;
    this.#state = "broken";
    this.#error = error;
    this.#errorTold = this.#scheduler.live > 0 || this.#open.size > 0;
    this.#failAll(() => error);
    this.#crew.terminate();
  }

  #failAll(error: () => unknown): void {
    const owners = new Set<{ fail(error: unknown): void }>(this.#open);
    for (const task of this.#scheduler.queued()) owners.add(task.owner);
    const running = [...this.#crew.workers].map((worker) => worker.task).filter((task) => task !== null);
    for (const task of running) owners.add(task.owner);
    for (const owner of owners) owner.fail(error());
    for (const task of running) task.drop();
  }
}

/** Encodes the initializer in the call that makes the pool: functions are found by the stack of that call. */
async function encodeSetup({ initializer, initargs, isOfThreads }: PoolPlan, carried: Undo[]): Promise<WorkerSetup> {
  if (initializer === null) return { initializer: null };
  return { initializer: await encodeValue([initializer, initargs], "initializer", carried, isOfThreads ? "often" : "process") };
}
