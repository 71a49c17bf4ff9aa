/** A call of `map` or `starmap`: its items in chunks, its results in their order. @module */
import { discard } from "./carried.ts";
import { Job, type JobOptions } from "./job.ts";
import { tellListener } from "./listener.ts";
import type { MapOptions } from "./options.ts";
import type { CallSite } from "./remote_error.ts";
import { MapResult } from "./results.ts";
import type { Task } from "./task.ts";

/** What a map is told by its call. */
export interface MapJobOptions<T> extends JobOptions<T[]>, Pick<MapOptions, "onProgress"> {}

/** One call of a function for every item. Fails with the first error in time. */
export class MapCall<T> extends Job<T[]> {
  readonly #tasks = new Set<Task>();
  readonly #onProgress: MapOptions["onProgress"];
  #results: T[] = [];
  #left = 0;

  /** @param site Where the call came from. @param options What it was told. */
  constructor(site: CallSite, options: MapJobOptions<T> | undefined) {
    super(MapResult, site, options);
    this.#onProgress = options?.onProgress;
  }

  /** Says how many items there are, before the first task is made. */
  expect(total: number): void {
    this.#left = total;
    this.#results = new Array<T>(total);
    if (total === 0) this.succeed([]);
  }

  outcome(index: number, ok: boolean, value: unknown): void {
    if (!ok) return this.fail(value);
    this.#results[index] = value as T;
    this.#left--;
    const total = this.#results.length;
    const done = total - this.#left;
    if (this.#onProgress) tellListener(this, "onProgress", () => this.#onProgress!(done, total));
    if (this.#left === 0) this.succeed(this.#results);
  }

  taskMade(task: Task): void {
    this.#tasks.add(task);
  }

  taskOver(task: Task): void {
    this.#tasks.delete(task);
  }

  protected tasks(): Iterable<Task> {
    return this.#tasks;
  }

  protected override dropped(): void {
    discard(this.#results);
    this.#results = [];
  }
}

/** Python's default: so many items a chunk that each worker gets about four. */
export function defaultChunksize(items: number, workers: number): number {
  return Math.max(1, Math.ceil(items / (workers * 4)));
}
