/** What all locks have in common: how to acquire, and how never to forget the release. @module */
import { checkWaitOptions, timeoutOf, type WaitOptions } from "../base/deadline.ts";
import { TimeoutError } from "../base/errors.ts";
import { observed } from "../server/request.ts";

/** How to acquire, or to use a queue. */
export interface AcquireOptions extends WaitOptions {
  /** `false`: do not wait, whatever the timeout. Default `true`. */
  block?: boolean;
}

/** What is acquired and released. */
export interface Acquirable {
  acquire(options?: AcquireOptions): Promise<boolean>;
  release(): Promise<void>;
}

/** What a Condition does with its lock. */
export interface Monitor {
  /** Whether the caller owns the lock. */
  owned(): Promise<boolean>;
  /** Frees the lock, however often it is held. Answers what takes it again as it was; `null`: the caller does not own it. */
  free(): Promise<(() => Promise<unknown>) | null>;
}

const OWN = ["block"];

/** The limits of a wait, checked; `block: false` is a timeout of 0. @throws {TypeError} for a bad option. */
export function acquireLimits(options: AcquireOptions | undefined): { timeout: number; signal: AbortSignal | null | undefined } {
  checkWaitOptions(options, OWN);
  return { timeout: options?.block === false ? 0 : timeoutOf(options?.timeout), signal: options?.signal };
}

/** Refuses what cannot be called. */
export function requireFunction(fn: unknown, label: string): void {
  if (typeof fn !== "function") throw new TypeError(`Cannot run under ${label}: it takes a function, received ${typeof fn}`);
}

/** Acquires, calls, and always releases. */
export function runHolding<T>(lock: Acquirable, label: string, fn: () => T | Promise<T>): Promise<T> {
  return observed(acquireAndRun(lock, label, fn));
}

async function acquireAndRun<T>(lock: Acquirable, label: string, fn: () => T | Promise<T>): Promise<T> {
  requireFunction(fn, label);
  await lock.acquire();
  try {
    return await fn();
  } finally {
    await lock.release();
  }
}

/** Acquires until the guard is disposed. @throws {TimeoutError} when it could not be had in time. */
export function holdUntilDisposed(lock: Acquirable, label: string, options: AcquireOptions | undefined): Promise<AsyncDisposable> {
  return observed(acquireAndHold(lock, label, options));
}

async function acquireAndHold(lock: Acquirable, label: string, options: AcquireOptions | undefined): Promise<AsyncDisposable> {
  if (!await lock.acquire(options)) throw new TimeoutError(`Cannot hold ${label}: it could not be acquired in time`);
  let held = true;
  return {
    [Symbol.asyncDispose]: async () => {
      if (!held) return;
      held = false;
      await lock.release();
    },
  };
}

/** What a lock says whose `…Sync` methods cannot work. */
export function notInMemory(verb: string, label: string): TypeError {
  return new TypeError(`Cannot ${verb} ${label} synchronously: it does not live in shared memory\n\n    await lock.${verb}()`);
}
