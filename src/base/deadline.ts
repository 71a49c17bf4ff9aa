/**
 * Waiting with a limit: the one place that reads `{ timeout, signal }`.
 *
 * @module
 */
import { TimeoutError } from "./errors.ts";
import { follow } from "./follow.ts";

/** What every method that may wait takes. */
export interface WaitOptions {
  /** Milliseconds. Absent, `null` or `Infinity`: for ever. `0` or negative: do not wait. */
  timeout?: number | null;
  /** Gives up when aborted, with `signal.reason`; wins over a timeout of the same turn. */
  signal?: AbortSignal | null;
}

/** The longest delay a timer takes in one go. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * The timeout in milliseconds: `Infinity` for ever, `0` for none at all.
 *
 * @throws {TypeError} when it is `NaN` or not a number.
 */
export function timeoutOf(timeout: number | null | undefined): number {
  if (timeout === undefined || timeout === null) return Infinity;
  if (typeof timeout !== "number" || Number.isNaN(timeout)) {
    throw new TypeError(`Cannot wait: timeout must be a number of milliseconds, received ${String(timeout)}`);
  }
  return timeout <= 0 ? 0 : timeout;
}

/** What every wait can be told. */
const NAMES = ["timeout", "signal"];

/**
 * Checks options at the call that gave them.
 *
 * @param own The names of the options that this wait has beside `timeout` and `signal`.
 * @throws {TypeError} for a bad timeout, something that is no signal, or an option that does not exist: a slip of the pen would mean no limit.
 */
export function checkWaitOptions(options: WaitOptions | undefined, own: readonly string[] = []): void {
  checkLimits(options);
  for (const name in options) {
    if (NAMES.includes(name) || own.includes(name) || options[name as keyof WaitOptions] === undefined) continue;
    throw new TypeError(`Cannot wait: the options are ${[...own, ...NAMES].join(", ")}, received ${name}`);
  }
}

/** Checks a timeout and a signal among other options. @throws {TypeError} for a bad timeout or something that is no signal. */
export function checkLimits(options: WaitOptions | undefined): void {
  if (options === undefined || options === null) return;
  if (typeof options !== "object") {
    throw new TypeError(`Cannot wait: options must be an object such as { timeout: 1000 }, received ${String(options)}`);
  }
  timeoutOf(options.timeout);
  const signal = options.signal;
  if (signal !== undefined && signal !== null && !(signal instanceof AbortSignal)) {
    throw new TypeError(`Cannot wait: signal must be an AbortSignal, received ${String(signal)}`);
  }
}

/** Calls `fire` after `ms` milliseconds, never earlier, also beyond 2^31-1; the returned function withdraws it. */
export function after(ms: number, fire: () => void): () => void {
  if (ms === Infinity) return () => {};
  const end = performance.now() + ms;
  let timer: ReturnType<typeof setTimeout>;
  const arm = () => {
    const left = Math.ceil(end - performance.now());
    timer = setTimeout(look, Math.min(LONGEST_TIMER, Math.max(0, left)));
  };
  // The timers of all runtimes are up to a millisecond early.
  const look = () => performance.now() < end ? arm() : fire();
  arm();
  return () => clearTimeout(timer);
}

/** Who is to be told of an abort. One listener tells all of a signal: Node says that more than ten of them are a leak. */
const aborts = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `tell`, which must not throw, when a signal that is not aborted yet is; the returned function withdraws it. */
export function onAbort(signal: AbortSignal, tell: () => void): () => void {
  const known = aborts.get(signal);
  const told = known ?? new Set();
  told.add(tell);
  if (known === undefined) {
    aborts.set(signal, told);
    signal.addEventListener("abort", tellAll, { once: true });
  }
  return () => {
    told.delete(tell);
    if (told.size > 0 || aborts.get(signal) !== told) return;
    aborts.delete(signal);
    signal.removeEventListener("abort", tellAll);
  };
}

function tellAll(this: AbortSignal): void {
  const told = aborts.get(this) ?? [];
  aborts.delete(this);
  for (const tell of told) tell();
}

/** How a limited wait ended early. */
export type GaveUp = { aborted: true; reason: unknown } | { aborted: false };

/**
 * Watches a timeout and a signal, and calls `giveUp` at most once. An abort wins over a timeout that fires in the same turn.
 * The returned function ends the watch.
 *
 * The caller handles `timeout <= 0` itself (do not wait at all), and an already aborted signal is reported at once, in this call.
 */
export function watchLimits(options: WaitOptions | undefined, giveUp: (how: GaveUp) => void): () => void {
  const ms = timeoutOf(options?.timeout);
  const signal = options?.signal ?? undefined;
  if (signal?.aborted) {
    giveUp({ aborted: true, reason: signal.reason });
    return () => {};
  }
  if (ms === Infinity && !signal) return () => {};
  let done = false;
  const finish = (how: GaveUp) => {
    if (done) return;
    stop();
    giveUp(how);
  };
  const cancel = after(ms, () => {
    // An abort of the same turn wins: it may be dispatched just after this timer.
    queueMicrotask(() => finish(signal?.aborted ? { aborted: true, reason: signal.reason } : { aborted: false }));
  });
  const stop = () => {
    done = true;
    cancel();
    withdraw();
  };
  const withdraw = signal ? onAbort(signal, () => finish({ aborted: true, reason: signal.reason })) : () => {};
  return stop;
}

/**
 * Waits for a promise, at most as long as the options say. The promise itself is not disturbed.
 *
 * @throws {TimeoutError} built by `onTimeout` (default: a `TimeoutError` with `what` in its text), or the signal's reason.
 */
export function within<T>(
  promise: PromiseLike<T>,
  options: WaitOptions | undefined,
  onTimeout: () => unknown = () => new TimeoutError(`Cannot wait longer: the timeout of ${options?.timeout} ms has passed`),
): Promise<T> {
  checkLimits(options);
  return new Promise<T>((resolve, reject) => {
    let stop = () => {};
    let over = false;
    const settle = (action: () => void) => {
      if (over) return;
      over = true;
      stop();
      action();
    };
    let leave = () => {};
    const stopWatch = watchLimits(options, (how) => settle(() => reject(how.aborted ? how.reason : onTimeout())));
    stop = () => {
      stopWatch();
      leave();
    };
    if (!over) {
      leave = follow(promise, {
        fulfilled: (value) => settle(() => resolve(value)),
        rejected: (error) => settle(() => reject(error)),
      });
    } else if (promise instanceof Promise) {
      // Not by the promise's own `then`: whoever gave up before has not looked at a failure.
      Promise.prototype.then.call(promise, undefined, () => {});
    }
  });
}
