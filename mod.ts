/**
 * Python's `multiprocessing` for Deno, Bun and Node: `Process`, `Pool`, `Queue`, `Pipe`, locks and the like with one meaning on three runtimes, on OS
 * processes or worker threads.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * export const square = (x: number) => x * x;
 *
 * if (mp.isMain(import.meta)) {
 *   await using pool = new mp.Pool(2);
 *   assert.deepEqual(await pool.map(square, [1, 2, 3]), [1, 4, 9]);
 * }
 * ```
 *
 * @module
 */
export {
  AuthenticationError,
  BootstrapError,
  BrokenBarrierError,
  BrokenPipeError,
  BufferTooShort,
  ClosedError,
  Empty,
  EOFError,
  Full,
  MaybeEncodingError,
  ProcessError,
  RemoteError,
  RemoteTraceback,
  SerializationError,
  ShutDown,
  SystemExit,
  TimeoutError,
  WorkerDiedError,
} from "./src/base/errors.ts";
export type { WorkerDeath } from "./src/base/errors.ts";
export type { WaitOptions } from "./src/base/deadline.ts";
export { SUBDEBUG, SUBWARNING } from "./src/base/logger.ts";
export type { Logger, LogHandler, LogLevel, LogLevelName, LogMessage, LogRecord } from "./src/base/logger.ts";
export type { Permissions, ResourceLimits, RuntimeName, Stdio } from "./src/runtime/types.ts";
export { reducer } from "./src/wire/reducer.ts";
export type { Reducer } from "./src/wire/reducer.ts";
export { functionRef } from "./src/reference/function_ref.ts";
export { task } from "./src/reference/task.ts";
export type { AnyFunction } from "./src/reference/types.ts";
export { Connection } from "./src/connection/connection.ts";
export type { EndStatistics } from "./src/connection/end_statistics.ts";
export { Pipe } from "./src/connection/pipe.ts";
export type { Bytes } from "./src/connection/pipe_bytes.ts";
export { BaseProcess } from "./src/process/process.ts";
export type { ProcessOptions } from "./src/process/options.ts";
export type { Sentinel } from "./src/connection/sentinel.ts";
export type { ContextOptions, StartMethodFace } from "./src/process/start_method.ts";
export { activeChildren, currentProcess, parentProcess } from "./src/process/current.ts";
export { Barrier } from "./src/sync/barrier.ts";
export type { BarrierAction, BarrierStatistics } from "./src/sync/barrier.ts";
export { Condition } from "./src/sync/condition.ts";
export type { ConditionStatistics } from "./src/sync/condition.ts";
export { Event } from "./src/sync/event.ts";
export type { EventStatistics } from "./src/sync/event.ts";
export { Lock } from "./src/sync/lock.ts";
export type { AcquireOptions, LockStatistics } from "./src/sync/lock.ts";
export { RLock } from "./src/sync/rlock.ts";
export type { RLockStatistics } from "./src/sync/rlock.ts";
export { BoundedSemaphore, Semaphore } from "./src/sync/semaphore.ts";
export type { SemaphoreStatistics } from "./src/sync/semaphore.ts";
export { Array } from "./src/sharedctypes/array.ts";
export type { SharedOptions } from "./src/sharedctypes/cells.ts";
export type { CellsStatistics } from "./src/sharedctypes/cells_object.ts";
export { RawArray, RawValue } from "./src/sharedctypes/raw.ts";
export type { Addable, Assignable, Elements, Row, Typecode, View } from "./src/sharedctypes/typecodes.ts";
export { Value } from "./src/sharedctypes/value.ts";
export { JoinableQueue } from "./src/queues/joinable_queue.ts";
export { SimpleQueue } from "./src/queues/simple_queue.ts";
export { Queue } from "./src/queues/queue.ts";
export type { QueueStatistics } from "./src/queues/queue.ts";
export { BasePool } from "./src/pool/pool.ts";
export type {
  ApplyOptions,
  CallbackOptions,
  ImapOptions,
  MapAsyncOptions,
  MapOptions,
  PoolOptions,
  PoolStatistics,
  TaskOptions,
} from "./src/pool/pool.ts";
export { currentTask } from "./src/pool/running_task.ts";
export type { CurrentTask } from "./src/pool/running_task.ts";
export { IMapIterator } from "./src/pool/imap_iterator.ts";
export type { Outcome, OutcomeSource } from "./src/pool/imap_iterator.ts";
export { AsyncResult, MapResult } from "./src/pool/results.ts";
export { getStartMethod, setForkserverPreload, setStartMethod } from "./src/context/default_method.ts";
export type { StartMethodName as StartMethod } from "./src/context/start_methods.ts";
export { cpuCount, getAllStartMethods, getContext, isMain } from "./src/context/context.ts";
export type { Context } from "./src/context/context.ts";
export { getLogger, logToStderr } from "./src/context/logging.ts";
export type { ManagerOptions } from "./src/context/manager_binding.ts";
export { Manager } from "./src/context/start_manager.ts";
export { freezeSupport } from "./src/context/freeze_support.ts";
export { Pool, ThreadPool } from "./src/context/pool.ts";
export { Process } from "./src/context/process.ts";
