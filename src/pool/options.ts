/** What a pool and its methods are told, checked. @module */
import type { WaitOptions } from "../base/deadline.ts";
import { checkContextOptions } from "../process/context_options.ts";
import type { ContextOptions, StartMethod } from "../process/start_method.ts";
import { runtime } from "../runtime/runtime.ts";

/** What `new Pool()` takes. */
export interface PoolOptions extends ContextOptions {
  /** The number of workers, at least 1. Default: `cpuCount()`. */
  processes?: number | null;
  /** Runs once in each worker before its first task; may be asynchronous. If it fails, the pool is broken with its error. */
  // deno-lint-ignore no-explicit-any -- any function will do, whatever its parameters
  initializer?: ((...args: any[]) => unknown) | null;
  /** Arguments of the initializer: any iterable. Encoded once, in the call that makes the pool. */
  initargs?: Iterable<unknown>;
  /** After so many tasks a worker ends in order and is replaced (a chunk is one task). Default: never. */
  maxTasksPerChild?: number | null;
  /** What the workers' names begin with. Default: `SpawnPoolWorker` or `ThreadPoolWorker`. */
  name?: string;
}

/** How a context binds a pool to its start method. */
export interface PoolBinding {
  method: StartMethod;
  /** Defaults for the workers' processes; the options of the pool go first. */
  context?: ContextOptions;
  /** What the workers' names begin with. */
  workerName: string;
}

/** Limits of a task, from the call on. A task that gave up is withdrawn; where it runs already, its worker is killed and replaced. */
export type TaskOptions = WaitOptions;

/** What is called in this unit with the outcome, before `get()` settles. A failure of it becomes the outcome. */
export interface CallbackOptions<T> {
  /** Called with the result. May be asynchronous. */
  callback?: ((result: T) => unknown) | null;
  /** Called with the error. May be asynchronous. */
  errorCallback?: ((error: unknown) => unknown) | null;
}

/** Options of `applyAsync`. */
export interface ApplyOptions<T> extends TaskOptions, CallbackOptions<T> {}

/** Options of `map` and `starmap`. */
export interface MapOptions extends TaskOptions {
  /** How many items make one task. Default: so many that each worker gets about four tasks. */
  chunksize?: number | null;
  /** Called in this unit as results arrive. A failure of it becomes the outcome. */
  onProgress?: ((done: number, total: number) => void) | null;
}

/** Options of `mapAsync` and `starmapAsync`. */
export interface MapAsyncOptions<T> extends MapOptions, CallbackOptions<T> {}

/** Options of `imap` and `imapUnordered`. */
export interface ImapOptions {
  /** How many items make one task. Default 1. */
  chunksize?: number | null;
  /** How many items may be drawn whose results have not been taken. Default: four chunks for each worker. */
  buffersize?: number | null;
  /** Ends the iteration when aborted: `next()` rejects with its reason. */
  signal?: AbortSignal | null;
}

/** A pool's options, checked. */
export interface PoolPlan {
  size: number;
  initializer: ((...args: unknown[]) => unknown) | null;
  initargs: unknown[];
  /** `Infinity`: no limit. */
  maxTasks: number;
  workerName: string;
  context: ContextOptions;
}

/** Reads what `new Pool()` was given. @throws {TypeError | RangeError} for what cannot be. */
export function planOf(given: number | PoolOptions | null | undefined, binding: PoolBinding): PoolPlan {
  if (given !== undefined && given !== null && typeof given !== "object" && typeof given !== "number") {
    throw new TypeError(`Cannot make a Pool: it takes the number of workers or an object of options, received ${shown(given)}`);
  }
  const options: PoolOptions = typeof given === "object" && given !== null ? given : { processes: given };
  const { processes, initializer, initargs = [], maxTasksPerChild, name, ...context } = options;
  if (initializer !== undefined && initializer !== null && typeof initializer !== "function") {
    throw new TypeError(`Cannot make a Pool: initializer must be a function, received ${shown(initializer)}`);
  }
  if (typeof initargs !== "object" || initargs === null || !(Symbol.iterator in initargs)) {
    throw new TypeError(`Cannot make a Pool: initargs must be an array or another iterable, received ${shown(initargs)}`);
  }
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(`Cannot make a Pool: name must be a string, received ${shown(name)}`);
  }
  checkContextOptions(context, "make a Pool");
  return {
    size: atLeastOne("make a Pool", "processes", processes) ?? runtime.cpuCount(),
    initializer: initializer ?? null,
    initargs: [...initargs],
    maxTasks: atLeastOne("make a Pool", "maxTasksPerChild", maxTasksPerChild) ?? Infinity,
    workerName: name ?? binding.workerName,
    context: { ...binding.context, ...context },
  };
}

/** An optional integer from 1 on; `null` when absent. @throws {TypeError | RangeError} for anything else. */
export function atLeastOne(verb: string, what: string, value: unknown): number | null {
  if (value === undefined || value === null) return null;
  const rule = `Cannot ${verb}: ${what} must be an integer of at least 1, received ${shown(value)}`;
  if (typeof value !== "number") throw new TypeError(rule);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(rule);
  return value;
}

/** Checks what a method is to run. @throws {TypeError} when it is no function. */
export function checkFunction(method: string, fn: unknown): void {
  if (typeof fn !== "function") throw new TypeError(`Cannot ${method}: its first argument must be a function, received ${shown(fn)}`);
}

/** Checks the callbacks. @throws {TypeError} for one that is no function. */
export function checkCallbacks(method: string, options: Record<string, unknown> | undefined): void {
  for (const key of ["callback", "errorCallback", "onProgress"]) {
    const value = options?.[key];
    if (value !== undefined && value !== null && typeof value !== "function") {
      throw new TypeError(`Cannot ${method}: ${key} must be a function, received ${shown(value)}`);
    }
  }
}

/** A value in an error message. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value !== "object" && typeof value !== "function") return String(value);
  return Array.isArray(value) ? "an array" : typeof value === "function" ? "a function" : "an object";
}
