/**
 * `AsyncLocalStorage`, which `node:async_hooks` gives on all three runtimes, behind the two methods that the core needs.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";

/** A value that follows the code which `run()` starts, through promises and timers. */
export interface Scope<T> {
  /** Calls `fn`; `current()` is `value` in it and in all that it starts. */
  run<R>(value: T, fn: () => R): R;
  /** The value of the innermost `run()` around the running code. */
  current(): T | undefined;
}

/** Makes an empty scope. */
export function newScope<T>(): Scope<T> {
  const storage = new AsyncLocalStorage<T>();
  return { run: (value, fn) => storage.run(value, fn), current: () => storage.getStore() };
}
