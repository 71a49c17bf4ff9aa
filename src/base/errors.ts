/**
 * Every error class of the library, in one place, so that an error that crosses
 * a process can be rebuilt by its name.
 *
 * @module
 */

/** Base of this library's own errors, as `multiprocessing.ProcessError` is in Python. */
export class ProcessError extends Error {}

/** A wait ended because its `timeout` (milliseconds) passed. Nothing that was waited for is lost. */
export class TimeoutError extends ProcessError {}

/** The other side of a connection does not know the key, or knows another one. */
export class AuthenticationError extends ProcessError {}

/** `recvBytesInto()` met a message larger than the buffer; `data` is the whole message. */
export class BufferTooShort extends ProcessError {
  /** The whole message that did not fit. */
  data: Uint8Array;
  /** Made by `recvBytesInto()`. @param data The whole message, so that nothing is lost. */
  constructor(data: Uint8Array, message = `Cannot receive a message: the buffer is too short for its ${data.length} bytes`) {
    super(message);
    this.data = data;
  }
}

/** A `get` found no item in time, as Python's `queue.Empty`. */
export class Empty extends Error {}

/** A `put` found no free place in time, as Python's `queue.Full`. */
export class Full extends Error {}

/** `put` or `get` on a queue that was shut down, as Python 3.13's `queue.ShutDown`. */
export class ShutDown extends Error {}

/** The other end is closed and nothing is left to read. */
export class EOFError extends Error {}

/** Something was written to a connection whose other end is closed. */
export class BrokenPipeError extends Error {}

/** A barrier was aborted, reset or timed out while somebody waited. */
export class BrokenBarrierError extends Error {}

/** An error of a remote object whose class does not exist here; the text is in `message`. */
export class RemoteError extends Error {}

/** An object was used after its `close()`, or after it had been handed to another unit. */
export class ClosedError extends Error {}

/** What a {@linkcode WorkerDiedError} knows about the death. */
export interface WorkerDeath {
  /** The exit code, or `-N` when signal `N` killed the worker. */
  exitcode: number | null;
  /** The signal's name, such as `"SIGKILL"`, or `null`. */
  signal: string | null;
  /** What the worker was doing: the function's name, or `null`. */
  task: string | null;
  /** Whether it had no memory left. Default `false`. */
  outOfMemory?: boolean;
}

/** A worker ended while it held a task; that task, and only that one, is rejected with this error. */
export class WorkerDiedError extends ProcessError {
  /** The worker's exit code, or `-N` when signal `N` killed it. */
  exitcode: number | null;
  /** The signal's name, or `null`. */
  signal: string | null;
  /** The name of the task's function, or `null`. */
  task: string | null;
  /** Whether it ran out of the memory that `resourceLimits` allow it. */
  outOfMemory: boolean;
  /** Made when a worker ended. @param message What happened. @param death Exit code, signal and task. */
  constructor(message: string, death: WorkerDeath) {
    super(message);
    this.exitcode = death.exitcode;
    this.signal = death.signal;
    this.task = death.task;
    this.outOfMemory = death.outOfMemory ?? false;
  }
}

/** A value, a function or a class cannot travel. The message says what, where in the value, and how to fix it. */
export class SerializationError extends TypeError {}

/** A unit was started while its own module is still being imported by a child: the main guard is missing. */
export class BootstrapError extends ProcessError {}

/**
 * Thrown in a target it ends the unit with this code, by Python's table: `undefined`, `null` and `false` are 0, `true` is 1,
 * an integer is taken modulo 256, anything else is printed on stderr and gives 1. Output is flushed.
 */
export class SystemExit extends Error {
  /** The code as it was given. */
  code: unknown;
  /** Throw it to end the unit. @param code A number, a boolean, nothing, or a text to print. */
  constructor(code?: unknown) {
    super(`SystemExit(${code === undefined ? "" : String(code)})`);
    this.code = code;
  }
}

/** Stands as the `cause` of an error that came from another unit; its `stack` is the stack over there. */
export class RemoteTraceback extends Error {
  /** Made where an error arrives. @param stack The remote stack, shown as this error's own. */
  constructor(stack: string) {
    super(stack);
    this.stack = stack;
  }
}

/** The result of a task, or the error it threw, cannot travel. `exc` and `value` are texts, as in Python. */
export class MaybeEncodingError extends SerializationError {
  /** The encoding error, as text. */
  exc: string;
  /** What could not be encoded, as text. */
  value: string;
  /** Made where the encoding failed. @param exc The encoding error. @param value What could not be encoded. */
  constructor(exc: string, value: string) {
    super(`Error sending result: '${value}'. Reason: '${exc}'`);
    this.exc = exc;
    this.value = value;
  }
}

/** A class of error that is rebuilt by name on the other side. */
// deno-lint-ignore no-explicit-any -- a constructor type needs it: each class has parameters of its own
type ErrorClass = abstract new (...args: any[]) => Error;

/** Our error classes by name: what the wire format rebuilds without importing anything. Names are written out, since a minifier renames classes. */
export const libraryErrors: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>(Object.entries({
  ProcessError,
  TimeoutError,
  AuthenticationError,
  BufferTooShort,
  Empty,
  Full,
  ShutDown,
  EOFError,
  BrokenPipeError,
  BrokenBarrierError,
  RemoteError,
  ClosedError,
  WorkerDiedError,
  SerializationError,
  BootstrapError,
  SystemExit,
  RemoteTraceback,
  MaybeEncodingError,
}));

for (const [name, errorClass] of libraryErrors) {
  Object.defineProperty(errorClass.prototype, "name", { value: name, writable: true, configurable: true });
}
