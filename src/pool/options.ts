/** What a pool and its methods are told, checked. @module */
import { checkLimits, type WaitOptions } from "../base/deadline.ts";
import { checkContextOptions, withDefaults } from "../process/context_options.ts";
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

/**
 * What every call of a pool may be told. `timeout` and `signal` are limits of the call as a whole, from the call on: when they end it, it rejects at once,
 * what has not begun is withdrawn, and what runs is stopped (see `grace`).
 */
export interface TaskOptions extends WaitOptions {
  /**
   * Milliseconds that a running task has to end once its call has given up: `currentTask().signal` is aborted in the worker, and a worker that is not done
   * with the task by then is killed and replaced. Default: 1000. `0`: killed at once. `Infinity`: never. (On Deno a killed thread that computes without a
   * pause goes on using a core until the program ends.)
   */
  grace?: number | null;
  /**
   * How often an item may be run again, on another worker, after its worker died. Default: 0. Not for errors that the task throws. In a chunk only the item
   * that the worker was at counts as lost.
   */
  retries?: number | null;
  /**
   * Called in this unit with each `currentTask().report(value)` and the number of the item it is about (of `apply`: 0), before the item's own outcome. A
   * failure of it becomes the outcome. An item that is run again reports again.
   */
  onReport?: ((value: unknown, index: number) => unknown) | null;
}

/** The default of `grace`, in milliseconds. */
const GRACE = 1000;

/** How long a running task has to end once its call has given up. */
export function graceOf(options: TaskOptions | undefined): number {
  return options?.grace ?? GRACE;
}

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
  /** Called in this unit as results arrive, once an item. A failure of it becomes the outcome. */
  onProgress?: ((done: number, total: number) => unknown) | null;
}

/** Options of `mapAsync` and `starmapAsync`. */
export interface MapAsyncOptions<T> extends MapOptions, CallbackOptions<T> {}

/** Options of `imap` and `imapUnordered`. */
export interface ImapOptions extends TaskOptions {
  /** How many items make one task. Default 1. */
  chunksize?: number | null;
  /** How many items may be drawn whose results have not been taken. Default: four chunks for each worker. */
  buffersize?: number | null;
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
  /** Whether its workers are threads of this process. */
  isOfThreads: boolean;
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
  checkContextOptions(context, "make a Pool", ["processes", "initializer", "initargs", "maxTasksPerChild", "name"]);
  return {
    size: atLeastOne("make a Pool", "processes", processes) ?? runtime.cpuCount(),
    initializer: initializer ?? null,
    initargs: [...initargs],
    maxTasks: atLeastOne("make a Pool", "maxTasksPerChild", maxTasksPerChild) ?? Infinity,
    workerName: name ?? binding.workerName,
    context: withDefaults(binding.context ?? {}, context),
    isOfThreads: binding.method.name === "thread",
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

/** What every method can be told. */
const SHARED = ["timeout", "signal", "grace", "retries", "onReport"];

/**
 * Checks what a method was told.
 *
 * @param own The names of the options that not every method has.
 * @throws {TypeError | RangeError} for what cannot be, also an option that does not exist: a slip of the pen would mean no limit.
 */
export function checkOptions(method: string, options: unknown, own: readonly string[]): void {
  if (options === undefined || options === null) return;
  if (typeof options !== "object") {
    throw new TypeError(`Cannot ${method}: options must be an object such as { timeout: 1000 }, received ${shown(options)}`);
  }
  const names = [...SHARED, ...own];
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !names.includes(name)) {
      throw new TypeError(`Cannot ${method}: the options are ${names.join(", ")}, received ${name}`);
    }
  }
  checkLimits(options);
  const { grace, retries } = options as TaskOptions;
  if (grace !== undefined && grace !== null) {
    const rule = `Cannot ${method}: grace must be a number of milliseconds of at least 0, received ${shown(grace)}`;
    if (typeof grace !== "number" || Number.isNaN(grace)) throw new TypeError(rule);
    if (grace < 0) throw new RangeError(rule);
  }
  if (retries !== undefined && retries !== null) {
    const rule = `Cannot ${method}: retries must be an integer of at least 0, received ${shown(retries)}`;
    if (typeof retries !== "number") throw new TypeError(rule);
    if (!Number.isSafeInteger(retries) || retries < 0) throw new RangeError(rule);
  }
  for (const key of ["callback", "errorCallback", "onProgress", "onReport"]) {
    const value = (options as Record<string, unknown>)[key];
    if (value !== undefined && value !== null && typeof value !== "function") {
      throw new TypeError(`Cannot ${method}: ${key} must be a function, received ${shown(value)}`);
    }
  }
}

/** Checks what a method is to run. @throws {TypeError} when it is no function. */
export function checkFunction(method: string, fn: unknown): void {
  if (typeof fn !== "function") throw new TypeError(`Cannot ${method}: its first argument must be a function, received ${shown(fn)}`);
}

/** A value in an error message. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value !== "object" && typeof value !== "function") return String(value);
  return Array.isArray(value) ? "an array" : typeof value === "function" ? "a function" : "an object";
}
