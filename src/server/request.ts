/** One call of a served object as its caller sees it, from the call to the answer. @module */
import type { WaitOptions } from "../base/deadline.ts";
import { ObservedPromise } from "../base/observed_promise.ts";
import { formatError } from "../base/traceback.ts";
import { log } from "../runtime/log.ts";

/** How a call is made. `A` is what the server answers, `T` what the promise becomes. */
export interface CallOptions<T, A = T> {
  /** What the call does, for messages: `"get from"`. */
  verb: string;
  /** The caller's limits, already checked. A timeout of 0 is the method's own affair (an argument tells it not to wait); here it is no limit. */
  wait?: WaitOptions | undefined;
  /** What counts as the answer when the timeout has passed. */
  late?: A | undefined;
  /** Makes the result of the answer, or throws. Default: the answer is the result. */
  read?: ((answer: A) => T | Promise<T>) | undefined;
  /**
   * What giving up means. `"leave"`, the default: the promise settles at once, and the server takes back what it may have delivered meanwhile.
   * `"ask"`: the promise waits for the server's word whether the call has been undone, for calls whose effect others may have seen.
   */
  givingUp?: "leave" | "ask";
  /** When a delivery counts as received: at its arrival (the default), or when `read` has made the result of it. */
  confirm?: "read";
  /** Whether the call keeps the program alive. Default: it does. */
  hold?: boolean;
  /** Told once, just before the promise settles, well or not. */
  onEnd?: (() => void) | undefined;
}

/** A call under way. */
export class Request {
  readonly id: number;
  readonly options: CallOptions<unknown>;
  /** A failure that nobody looks at is reported, and never ends the program. */
  readonly promise: ObservedPromise<unknown>;
  /** Whose method is called. */
  readonly object: { lost(verb: string, cause: Error | null): Error };
  /** Ends the watch over timeout and signal. */
  stopWatch: () => void = noWatch;
  /** The server has looked at it, and it waits there. */
  parked = false;
  /** The timeout passed before the server had looked. */
  expired = false;
  /** Asked the server to undo it. */
  cancelling = false;
  /** The answer that came while the server was being asked. */
  answer: unknown = undefined;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;

  /** @param id Names it in the channel. @param options How it was made. @param object Whose method is called. */
  constructor(id: number, options: CallOptions<unknown>, object: Request["object"]) {
    this.id = id;
    this.options = options;
    this.object = object;
    this.promise = new ObservedPromise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Settles with what the answer means. */
  succeed(answer: unknown): void {
    const { read, onEnd } = this.options;
    onEnd?.();
    if (read === undefined) return this.#resolve(answer);
    try {
      const result = read(answer);
      if (result instanceof Promise) result.then(this.#resolve, (error) => this.#refuse(error));
      else this.#resolve(result);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Settles with an error. */
  fail(error: unknown): void {
    this.options.onEnd?.();
    this.#refuse(error);
  }

  /** Settles as given up: an abort wins over a timeout. */
  abandon(): void {
    const { wait, late } = this.options;
    if (wait?.signal?.aborted) this.fail(wait.signal.reason);
    else this.succeed(late);
  }

  #refuse(error: unknown): void {
    // Attached only now, for most calls never fail.
    this.promise.reportUnseen(report);
    this.#reject(error);
  }
}

/** A promise that has failed: like that of a call, without one. */
export function failed<T>(error: unknown): Promise<T> {
  return observed(Promise.reject(error));
}

/** A promise whose failure is reported when nobody looks at it. */
export function observed<T>(promise: Promise<T>): Promise<T> {
  return ObservedPromise.watch(promise, report);
}

function report(error: unknown): void {
  log.error(() => `A call that nobody awaited has failed:\n${formatError(error)}`);
}

function noWatch(): void {}
