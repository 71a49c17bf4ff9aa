/** `Pool` and `ThreadPool` of the default context, and how a context makes its own. @module */
import { BasePool, type PoolBinding, type PoolOptions } from "../pool/pool.ts";
import { registerPoolHandles } from "../pool/unsendable.ts";
import type { ContextOptions } from "../process/start_method.ts";
import { registerHandles } from "../threading/handles.ts";
import { currentStartMethod } from "./default_method.ts";
import { startMethod, type StartMethodName, titleOf } from "./start_methods.ts";

function binding(method: StartMethodName, context: ContextOptions): PoolBinding {
  registerHandles();
  registerPoolHandles();
  return { method: startMethod(method), context, workerName: `${titleOf(method)}PoolWorker` };
}

/**
 * A pool of workers that are processes, or threads when that is the default start method. The same as Python's `Pool`.
 *
 * - Workers start at construction; an idle worker takes the next task, so load balances itself.
 * - A worker that dies rejects its own task with `WorkerDiedError`, or has it run again (`retries`), is replaced, and every other task completes.
 * - A call that is aborted, or out of time, rejects at once. Its task is asked to end (`currentTask().signal`), then killed with its worker.
 * - A task may report on its way (`currentTask().report`, `onReport`).
 * - An initializer that fails breaks the pool with its error; nothing is restarted for ever.
 * - After `terminate()` every promise has settled.
 * - An accepted task keeps the program alive, an idle pool does not.
 *
 * *Differs from Python*: `map` rejects as soon as one item has failed; `imap` draws from its iterable only as far as its window;
 * queues, locks and connections may be arguments of tasks.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * export const square = (x: number) => x * x;
 *
 * if (mp.isMain(import.meta)) {
 *   const pool = new mp.Pool(2);
 *   assert.deepEqual(await pool.map(square, [1, 2, 3]), [1, 4, 9]);
 *   const slow = pool.apply(() => new Promise(() => {}), [], { timeout: 20, grace: 0 });
 *   await assert.rejects(slow, mp.TimeoutError);
 *   pool.close();
 *   await pool.join();
 * }
 * ```
 *
 * Python: `multiprocessing/pool.py`, `Pool`.
 */
export class Pool extends BasePool {
  /** Starts the workers. @param options The number of workers (default: `cpuCount()`), or options. @throws {RangeError | TypeError} for a bad one. */
  constructor(options?: number | PoolOptions) {
    super(options, new.target.binding());
  }

  /** How the workers of this class start. Internal. */
  protected static binding(): PoolBinding {
    return binding(currentStartMethod(), {});
  }
}

/**
 * A pool of worker threads, whatever the default start method. The same as Python's `ThreadPool`, but its tasks run in parallel and its
 * arguments are copied, as between processes.
 *
 * Python: `multiprocessing/pool.py`, `ThreadPool`.
 */
export class ThreadPool extends Pool {
  /** How the workers of this class start. Internal. */
  protected static override binding(): PoolBinding {
    return binding("thread", {});
  }
}

/** A `Pool` class that is bound to a start method and options. Its pools are `instanceof Pool`, too. */
export function boundPool(method: StartMethodName, context: ContextOptions): typeof Pool {
  const Bound = class extends Pool {
    protected static override binding(): PoolBinding {
      return binding(method, context);
    }
  };
  Object.defineProperty(Bound, "name", { value: "Pool" });
  return Bound;
}
