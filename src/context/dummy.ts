/** What the face `/dummy` has of its own: the classes and functions that depend on a start method, bound to threads. @module */
import type { ProcessOptions } from "../process/options.ts";
import { BaseProcess } from "../process/process.ts";
import type { ContextOptions } from "../process/start_method.ts";
import { registerHandles } from "../threading/handles.ts";
import { type Context, getContext as contextOf } from "./context.ts";
import type { SyncManager } from "./manager.ts";
import type { ManagerOptions } from "./manager_binding.ts";
import { startMethod, type StartMethodName } from "./start_methods.ts";

/**
 * `Process` on a worker thread, whatever the default start method: the same as `Process` of `getContext("thread")`. Its `pid` is that of this process, and
 * `terminate()` and `kill()` stop the thread.
 *
 * *Differs from Python*: it is no `Thread` of `/threading` and is not listed there; its `exitcode` is that of any Process (Python's dummy knows 0 only).
 *
 * Python: `multiprocessing/dummy/__init__.py`, `DummyProcess`.
 */
export class Process<A extends readonly unknown[] = readonly unknown[]> extends BaseProcess<A> {
  /** Prepares a thread; nothing starts yet. @param options What to run. @throws {TypeError} for a bad option. */
  constructor(options?: ProcessOptions<A>) {
    registerHandles();
    super(options, startMethod("thread"));
  }

  /** As for `Process` of the main module: every Process object; for a subclass its own instances. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === Process ? value instanceof BaseProcess : super[Symbol.hasInstance](value);
  }
}

/**
 * The thread context; with a method, the context of that one.
 *
 * @param method Default `"thread"`. @param options How its children are set up; each Process may override them.
 * @throws {RangeError} an unknown method, or `"fork"`.
 */
export function getContext(method?: StartMethodName, options?: ContextOptions): Context {
  return contextOf(method ?? "thread", options);
}

/**
 * Starts a manager whose server is a thread; see `Manager` of the main module.
 *
 * @param options How it is made.
 */
export function Manager(options?: ManagerOptions): Promise<SyncManager> {
  return contextOf("thread").Manager(options);
}

/** The start method of this face: `"thread"`. @param _options Taken for the sake of the main module's; nothing here is undecided. */
export function getStartMethod(_options?: { allowNone?: boolean }): StartMethodName {
  return "thread";
}

/**
 * Refuses: this face is bound to threads. `setStartMethod` of the main module sets the default of the program.
 *
 * @param method A start method. @param options As in the main module.
 * @throws {RangeError} always.
 */
export function setStartMethod(method: StartMethodName, options?: { force?: boolean }): void {
  contextOf("thread").setStartMethod(method, options);
}
