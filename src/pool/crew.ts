/** The workers of one pool: started, replaced, stopped. @module */
import { WorkerDiedError } from "../base/errors.ts";
import { log } from "../runtime/log.ts";
import { runtime } from "../runtime/runtime.ts";
import type { LaunchWorker, WorkerSetup } from "./launch.ts";
import type { Task } from "./task.ts";
import { deathOf, WorkerHandle } from "./worker_handle.ts";

/** So many workers that end one after the other while they start break the pool. */
const MOST_FAILED_STARTS = 3;
/** How long a worker may take to end after SIGTERM before it is killed, in milliseconds. */
const GRACE = 1000;

/** What the crew tells its pool. */
export interface CrewEvents {
  /** A worker wants a task. */
  free(worker: WorkerHandle): void;
  /** A worker takes no more tasks. */
  gone(worker: WorkerHandle): void;
  /** What is left of a task whose worker died: items not begun, or to be run again. */
  requeue(task: Task): void;
  /** No worker can be had. */
  broken(error: unknown): void;
}

/** What the crew is made from. */
export interface CrewPlan {
  size: number;
  /** After so many tasks a worker is replaced. */
  maxTasks: number;
  launch: LaunchWorker;
  setup: Promise<WorkerSetup>;
}

/** The workers of one pool. */
export class Crew {
  readonly #plan: CrewPlan;
  readonly #events: CrewEvents;
  readonly #workers = new Set<WorkerHandle>();
  #setup: WorkerSetup | null = null;
  /** No more workers are started. */
  #over = false;
  #failedStarts = 0;
  #idleDeaths = 0;
  #waiting: (() => void)[] = [];

  /** Starts the workers. @param plan What it is made from. @param events Where to tell what happens. */
  constructor(plan: CrewPlan, events: CrewEvents) {
    this.#plan = plan;
    this.#events = events;
    plan.setup.then((setup) => {
      this.#setup = setup;
      this.#fill();
    }, (error) => this.#fail(error));
  }

  /** Every worker that has not ended. */
  get workers(): ReadonlySet<WorkerHandle> {
    return this.#workers;
  }

  /** Lets every worker end when its task is done; starts no more. */
  stop(): void {
    this.#over = true;
    for (const worker of this.#workers) this.#retire(worker);
    this.#tellIfEmpty();
  }

  /** Ends every worker now. */
  terminate(): void {
    this.#over = true;
    for (const worker of this.#workers) worker.terminate(GRACE);
    this.#tellIfEmpty();
  }

  /** Settles when every worker has ended, after {@linkcode stop} or {@linkcode terminate}. */
  ended(): Promise<void> {
    if (this.#over && this.#workers.size === 0) return Promise.resolve();
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  #fill(): void {
    if (this.#over || this.#setup === null) return;
    const { size, launch } = this.#plan;
    // All at once would make every one of them slow; those that are ready work meanwhile.
    const mostAtOnce = Math.max(4, 2 * runtime.cpuCount());
    let active = 0;
    let starting = 0;
    for (const worker of this.#workers) {
      if (worker.stopping) continue;
      active++;
      if (!worker.ready) starting++;
    }
    for (; active < size && starting < mostAtOnce; active++, starting++) {
      this.#workers.add(
        new WorkerHandle(launch(this.#setup), {
          free: (worker) => this.#free(worker),
          broken: (error) => this.#fail(error),
          unstarted: (worker, error) => this.#unstarted(worker, error),
          leaving: (worker) => this.#events.gone(worker),
          ended: (worker, exitcode, lost) => this.#ended(worker, exitcode, lost),
        }),
      );
      log.debug("added worker");
    }
  }

  #free(worker: WorkerHandle): void {
    if (worker.stopping) return;
    if (worker.done === 0) {
      this.#failedStarts = 0;
      this.#fill();
    } else this.#idleDeaths = 0;
    if (worker.done < this.#plan.maxTasks) return this.#events.free(worker);
    this.#retire(worker);
    this.#fill();
  }

  #retire(worker: WorkerHandle): void {
    this.#events.gone(worker);
    if (!worker.stopping) worker.stop();
  }

  #unstarted(worker: WorkerHandle, error: unknown): void {
    this.#workers.delete(worker);
    // A child that ended by itself may do better next time; a launch that was refused will be refused again.
    if (!(error instanceof WorkerDiedError) || ++this.#failedStarts >= MOST_FAILED_STARTS) this.#fail(error);
    this.#fill();
    this.#tellIfEmpty();
  }

  #ended(worker: WorkerHandle, exitcode: number | null, lost: { task: Task; error: unknown } | null): void {
    const expected = worker.stopping;
    worker.stopping = true;
    log.debug(() => `cleaning up worker ${worker.name}`);
    this.#workers.delete(worker);
    this.#events.gone(worker);
    if (lost !== null) lost.task.lose(lost.error, (rest) => this.#events.requeue(rest));
    else if (!expected) this.#countDeath(worker, exitcode);
    this.#fill();
    this.#tellIfEmpty();
  }

  /** Workers that die without a task in hand are replaced too, but not for ever. */
  #countDeath(worker: WorkerHandle, exitcode: number | null): void {
    const early = !worker.ready;
    const deaths = early ? ++this.#failedStarts : ++this.#idleDeaths;
    if (deaths < (early ? MOST_FAILED_STARTS : 2 * this.#plan.size + 8)) return;
    const when = early ? "while it started" : "without a task";
    this.#fail(
      deathOf(
        `Cannot keep a pool of ${this.#plan.size} workers: ${worker.name}, the last of ${deaths} in a row, died ${when}`,
        { exitcode, task: null, outOfMemory: worker.outOfMemory },
      ),
    );
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#events.broken(error);
  }

  #tellIfEmpty(): void {
    if (!this.#over || this.#workers.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
