/** What a call of `apply` or `map` has in common: it owns tasks, has limits and callbacks, and settles one result. @module */
import { timeoutOf, watchLimits } from "../base/deadline.ts";
import { TimeoutError } from "../base/errors.ts";
import { tellListener } from "./listener.ts";
import { type CallbackOptions, graceOf, type TaskOptions } from "./options.ts";
import { atCall, type CallSite } from "./remote_error.ts";
import type { AsyncResult } from "./results.ts";
import type { Task, TaskOwner } from "./task.ts";
import { isThenable } from "./thenable.ts";

/** What a job is told by its call. */
export interface JobOptions<T> extends TaskOptions, CallbackOptions<T> {}

/** The two functions that settle a result. */
export interface Settle<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** One call. */
export abstract class Job<T> implements TaskOwner {
  readonly site: CallSite;
  settled = false;
  readonly result: AsyncResult<T>;
  readonly #settle: Settle<T>;
  readonly #options: JobOptions<T> | undefined;
  #stopLimits: () => void = () => {};

  /** @param result Makes the result of this kind of call. @param site Where the call came from. @param options What it was told. */
  constructor(
    result: new (executor: (resolve: (value: T) => void, reject: (error: unknown) => void) => void) => AsyncResult<T>,
    site: CallSite,
    options: JobOptions<T> | undefined,
  ) {
    this.site = site;
    this.#options = options;
    let settle!: Settle<T>;
    this.result = new result((resolve, reject) => (settle = { resolve, reject }));
    this.#settle = settle;
  }

  get retries(): number {
    return this.#options?.retries ?? 0;
  }

  get listens(): boolean {
    return typeof this.#options?.onReport === "function";
  }

  reported(index: number, value: unknown): void {
    tellListener(this, "onReport", () => this.#options!.onReport!(value, index));
  }

  /** Begins to watch the call's timeout and signal. An aborted signal, or a timeout of 0, ends it here. */
  watch(): void {
    const options = this.#options;
    if (options === undefined || (options.timeout ?? null) === null && (options.signal ?? null) === null) return;
    const late = () => atCall(new TimeoutError(`Cannot finish the task: its timeout of ${options.timeout} ms has passed`), this.site);
    if (!options.signal?.aborted && timeoutOf(options.timeout) === 0) this.abort(late());
    else this.#stopLimits = watchLimits(options, (how) => this.abort(how.aborted ? how.reason : late()));
  }

  abstract outcome(index: number, ok: boolean, value: unknown): void;
  abstract taskMade(task: Task): void;
  abstract taskOver(task: Task): void;
  /** Its tasks that have not ended. */
  protected abstract tasks(): Iterable<Task>;

  /** Rejects the call and withdraws what has not begun; what has begun goes on, unheard. */
  fail(error: unknown): void {
    if (this.settled) return;
    this.#finish(false, error);
    for (const task of [...this.tasks()]) if (task.state === "queued") task.drop();
  }

  /** Rejects the call and stops its tasks: those that run get the reason by their signal, then end with their workers. */
  abort(reason: unknown): void {
    if (this.settled) return;
    this.#finish(false, reason);
    const grace = graceOf(this.#options);
    for (const task of [...this.tasks()]) task.abort(reason, grace);
  }

  /** It has failed: what has come is not given out. */
  protected dropped(): void {}

  /** Fulfills the call. */
  protected succeed(value: T): void {
    if (!this.settled) this.#finish(true, value);
  }

  #finish(ok: boolean, value: unknown): void {
    this.settled = true;
    this.#stopLimits();
    if (!ok) this.dropped();
    const { callback, errorCallback } = this.#options ?? {};
    const told = ok ? callback : errorCallback;
    if (told === undefined || told === null) return this.#end(ok, value);
    const heard = () => {
      if (!ok) this.result.markSeen();
      this.#end(ok, value);
    };
    // The callback comes before the result, and its failure is the result.
    try {
      const answer = (told as (value: unknown) => unknown)(value);
      if (!isThenable(answer)) return heard();
      answer.then(heard, (error) => this.#end(false, error));
    } catch (error) {
      this.#end(false, error);
    }
  }

  #end(ok: boolean, value: unknown): void {
    if (ok) this.#settle.resolve(value as T);
    else this.#settle.reject(value);
  }
}
