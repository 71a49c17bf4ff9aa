/**
 * `AsyncLocalStorage`, which `node:async_hooks` gives on all three runtimes, behind what the core needs of it.
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

/** Notes the scopes around the running code, for code of its own that others call, such as a listener. @return What calls a function in them. */
export function scopesHere(): <R>(fn: () => R) => R {
  return AsyncLocalStorage.snapshot() as <R>(fn: () => R) => R;
}
