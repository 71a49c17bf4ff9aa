/** Contexts: the whole vocabulary, bound to one start method. @module */
import { AuthenticationError, BufferTooShort, ProcessError, TimeoutError } from "../base/errors.ts";
import { Connection } from "../connection/connection.ts";
import { Pipe } from "../connection/pipe.ts";
import { AsyncResult, MapResult } from "../pool/results.ts";
import { IMapIterator } from "../pool/imap_iterator.ts";
import { type CurrentTask, currentTask } from "../pool/running_task.ts";
import { activeChildren, currentProcess, parentProcess } from "../process/current.ts";
import { checkContextOptions, withDefaults } from "../process/context_options.ts";
import type { BaseProcess } from "../process/process.ts";
import type { ContextOptions } from "../process/start_method.ts";
import { JoinableQueue } from "../queues/joinable_queue.ts";
import { Queue } from "../queues/queue.ts";
import { SimpleQueue } from "../queues/simple_queue.ts";
import { functionRef } from "../reference/function_ref.ts";
import { task } from "../reference/task.ts";
import { runtime } from "../runtime/runtime.ts";
import { Array } from "../sharedctypes/array.ts";
import {
  Array as ThreadArray,
  RawArray as ThreadRawArray,
  RawValue as ThreadRawValue,
  Value as ThreadValue,
} from "../sharedctypes/for_threads.ts";
import { RawArray, RawValue } from "../sharedctypes/raw.ts";
import { Value } from "../sharedctypes/value.ts";
import { Barrier } from "../sync/barrier.ts";
import { Condition } from "../sync/condition.ts";
import { Event } from "../sync/event.ts";
import { Lock } from "../sync/lock.ts";
import { RLock } from "../sync/rlock.ts";
import { BoundedSemaphore, Semaphore } from "../sync/semaphore.ts";
import type { Logger, LogLevel } from "../base/logger.ts";
import { getLogger, logToStderr } from "./logging.ts";
import { currentStartMethod, getStartMethod, setForkserverPreload, setStartMethod } from "./default_method.ts";
import { freezeSupport } from "./freeze_support.ts";
import type { SyncManager } from "./manager.ts";
import { bindContext, type ManagerOptions } from "./manager_binding.ts";
import { boundPool, Pool, ThreadPool } from "./pool.ts";
import { boundProcess, Process } from "./process.ts";
import { Manager } from "./start_manager.ts";
import { startMethod, type StartMethodName, startMethodNames } from "./start_methods.ts";

/** Every class and function of the module, bound to one start method and to options for its children. */
export interface Context {
  /** `Process` that starts by this context's method. */
  readonly Process: typeof Process;
  /** `Pool` whose workers start by this context's method. */
  readonly Pool: typeof Pool;
  /** A pool of threads in every context. */
  readonly ThreadPool: typeof ThreadPool;
  /** See `AsyncResult`. */
  readonly AsyncResult: typeof AsyncResult;
  /** See `MapResult`. */
  readonly MapResult: typeof MapResult;
  /** See `IMapIterator`. */
  readonly IMapIterator: typeof IMapIterator;
  /** See `Queue`. */
  readonly Queue: typeof Queue;
  /** See `JoinableQueue`. */
  readonly JoinableQueue: typeof JoinableQueue;
  /** See `SimpleQueue`. */
  readonly SimpleQueue: typeof SimpleQueue;
  /** See `Pipe`. */
  readonly Pipe: typeof Pipe;
  /** See `Connection`. */
  readonly Connection: typeof Connection;
  /** See `Lock`. */
  readonly Lock: typeof Lock;
  /** See `RLock`. */
  readonly RLock: typeof RLock;
  /** See `Semaphore`. */
  readonly Semaphore: typeof Semaphore;
  /** See `BoundedSemaphore`. */
  readonly BoundedSemaphore: typeof BoundedSemaphore;
  /** See `Condition`. */
  readonly Condition: typeof Condition;
  /** See `Event`. */
  readonly Event: typeof Event;
  /** See `Barrier`. */
  readonly Barrier: typeof Barrier;
  /** See `Value`. */
  readonly Value: typeof Value;
  /** See `Array`. */
  readonly Array: typeof Array;
  /** See `RawValue`. */
  readonly RawValue: typeof RawValue;
  /** See `RawArray`. */
  readonly RawArray: typeof RawArray;
  /** See `ProcessError`. */
  readonly ProcessError: typeof ProcessError;
  /** See `TimeoutError`. */
  readonly TimeoutError: typeof TimeoutError;
  /** See `AuthenticationError`. */
  readonly AuthenticationError: typeof AuthenticationError;
  /** See `BufferTooShort`. */
  readonly BufferTooShort: typeof BufferTooShort;
  /** See `task`. */
  readonly task: typeof task;
  /** See `functionRef`. */
  readonly functionRef: typeof functionRef;
  /** See `isMain`. */
  isMain(meta: ImportMeta): boolean;
  /** See `Manager`. */
  Manager(options?: ManagerOptions): Promise<SyncManager>;
  /** A context of another method, with the options of this one where none are given; without arguments, this context itself. */
  getContext(method?: StartMethodName, options?: ContextOptions): Context;
  /** The start method of this context. */
  getStartMethod(options?: { allowNone?: boolean }): StartMethodName | null;
  /** Sets the default of the program; throws in a context that has its own method. */
  setStartMethod(method: StartMethodName, options?: { force?: boolean }): void;
  /** See `freezeSupport`. */
  freezeSupport(): void;
  /** See `setForkserverPreload`. */
  setForkserverPreload(modules: (string | URL)[]): void;
  /** The logger of this unit. */
  getLogger(): Logger;
  /** Lets the logger write to stderr; see `logToStderr`. */
  logToStderr(level?: LogLevel | null): Logger;
  /** All start methods, default first. */
  getAllStartMethods(): StartMethodName[];
  /** How many tasks can run at the same time. */
  cpuCount(): number;
  /** The Process object of this unit. */
  currentProcess(): BaseProcess;
  /** The unit that started this one, or `null`. */
  parentProcess(): BaseProcess | null;
  /** The children of this unit that have not ended. */
  activeChildren(): BaseProcess[];
  /** See `currentTask`. */
  currentTask(): CurrentTask | null;
}

const common = {
  getLogger,
  logToStderr,
  freezeSupport,
  setForkserverPreload,
  isMain,
  task,
  functionRef,
  ThreadPool,
  AsyncResult,
  MapResult,
  IMapIterator,
  ProcessError,
  TimeoutError,
  AuthenticationError,
  BufferTooShort,
  Queue,
  JoinableQueue,
  SimpleQueue,
  Pipe,
  Connection,
  Lock,
  RLock,
  Semaphore,
  BoundedSemaphore,
  Condition,
  Event,
  Barrier,
  Value,
  Array,
  RawValue,
  RawArray,
  getAllStartMethods,
  cpuCount,
  currentProcess,
  parentProcess,
  activeChildren,
  currentTask,
};

/**
 * A context: the whole vocabulary bound to one start method, as in Python.
 *
 * @param method `"spawn"`, `"forkserver"` or `"thread"`; absent: the default context, which follows `setStartMethod`.
 * @param options How its children are set up; each Process and Pool may override them. Children may run on another runtime, with less memory, or
 * (on Deno) with fewer permissions than this program.
 * @throws {RangeError} an unknown method, or `"fork"`. @throws {TypeError} an option that is none.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * export const count = (text: string) => text.length;
 *
 * if (mp.isMain(import.meta)) {
 *   // A child on Deno that may read nothing and reach nothing, whatever this program runs on.
 *   const ctx = mp.getContext("spawn", { runtime: "deno", permissions: {} });
 *   await using pool = new ctx.Pool(1);
 *   assert.deepEqual(await pool.map(count, ["four", "three"]), [4, 5]);
 * }
 * ```
 *
 * Python: `multiprocessing/context.py`, `get_context`; the options are this library's.
 */
export function getContext(method?: StartMethodName, options?: ContextOptions): Context {
  if (method === undefined || method === null) {
    return options === undefined || options === null ? defaultContext() : getContext(currentStartMethod(), options);
  }
  startMethod(method);
  return concrete(method, checked(options));
}

/** All start methods, default first. `"fork"` is not among them: no JavaScript runtime can copy a running process. */
export function getAllStartMethods(): StartMethodName[] {
  return startMethodNames();
}

/** How many tasks can run at the same time on this machine: what the runtime says, at least 1. */
export function cpuCount(): number {
  return runtime.cpuCount();
}

/**
 * The main guard: `true` in the module with which the program was started, also on Node 20; `false` in every other module, and in every child of this
 * library. Python: `if __name__ == "__main__"`.
 */
export function isMain(meta: ImportMeta): boolean {
  return runtime.isMain(meta);
}

function checked(options: ContextOptions | undefined): ContextOptions {
  const given = options ?? {};
  checkContextOptions(given, "get a context");
  return given;
}

let theDefault: Context | null = null;

function defaultContext(): Context {
  theDefault ??= Object.freeze({ ...common, Process, Pool, Manager, getContext, getStartMethod, setStartMethod });
  return theDefault;
}

function concrete(method: StartMethodName, options: ContextOptions): Context {
  const context: Context = Object.freeze({
    ...common,
    ...method === "thread" ? { Value: ThreadValue, Array: ThreadArray, RawValue: ThreadRawValue, RawArray: ThreadRawArray } : {},
    Process: boundProcess(method, options),
    Pool: boundPool(method, options),
    Manager: (given?: ManagerOptions) => Manager({ ...given, ctx: given?.ctx ?? context }),
    getContext: (other?: StartMethodName, more?: ContextOptions) =>
      (other ?? more ?? null) === null ? context : getContext(other ?? method, withDefaults(options, checked(more))),
    getStartMethod: () => method,
    setStartMethod: () => {
      throw new RangeError(`Cannot set the start method of a concrete context: it is ${method}; call mp.setStartMethod() instead`);
    },
  });
  bindContext(context, method, options);
  return context;
}
