/** A call of `apply`: one task of one item. @module */
import { Job, type JobOptions } from "./job.ts";
import type { CallSite } from "./remote_error.ts";
import { AsyncResult } from "./results.ts";
import type { Task } from "./task.ts";

/** One call of a function. */
export class Call<T> extends Job<T> {
  #task: Task | null = null;

  /** @param site Where the call came from. @param options What it was told. */
  constructor(site: CallSite, options: JobOptions<T> | undefined) {
    super(AsyncResult, site, options);
  }

  outcome(_index: number, ok: boolean, value: unknown): void {
    if (ok) this.succeed(value as T);
    else this.fail(value);
  }

  taskMade(task: Task): void {
    this.#task = task;
  }

  taskOver(task: Task): void {
    // A task that is run again is over after its successor was made.
    if (this.#task === task) this.#task = null;
  }

  protected tasks(): Iterable<Task> {
    return this.#task === null ? [] : [this.#task];
  }
}
