/** What runs in a pool's worker: tasks, one at a time. @module */
import { MaybeEncodingError, SystemExit } from "../base/errors.ts";
import { Deque } from "../base/deque.ts";
import type { Channel } from "../connection/channel.ts";
import { runAsTarget } from "../reference/importing.ts";
import { decodeValue, encodeValue } from "../reference/value.ts";
import { log } from "../runtime/log.ts";
import { runAsTask } from "../sync/owner.ts";
import { audienceOfWorker } from "./audience.ts";
import { discard } from "./carried.ts";
import type { WorkerSetup } from "./launch.ts";
import {
  bareFrame,
  brokenFrame,
  CANCEL,
  ERROR,
  FUNCTION,
  malformed,
  readCancel,
  readFunction,
  readTask,
  READY,
  reportFrame,
  REPORTS,
  SPREAD,
  STOP,
  STREAM,
  TASK,
  VALUE,
} from "./protocol.ts";
import { refuseIterator } from "./refuse_iterator.ts";
import { type ReportSink, RunningTask } from "./running_task.ts";
import { isThenable } from "./thenable.ts";
import { encodeThrown } from "./thrown.ts";
import { Results } from "./worker_results.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** The outcome of an item that was not begun, which nobody reads. */
const NOTHING = new Uint8Array(0);

/** A function that was named by the pool: its reference until it is first called, then the function. */
interface KnownFunction {
  reference: Uint8Array | null;
  fn: AnyFunction | Promise<AnyFunction> | null;
}

/** Runs a pool's tasks until the pool says stop or is gone. */
export async function poolWorkerMain(channel: Channel, data: unknown): Promise<void> {
  const { initializer } = data as WorkerSetup;
  if (initializer !== null && !await initialize(channel, initializer)) return;
  await new PoolWorker(channel).run();
}

/** Runs the initializer; a failure is told to the pool, and `false`. */
async function initialize(channel: Channel, initializer: Uint8Array): Promise<boolean> {
  try {
    const [fn, args] = await decodeValue(initializer) as [AnyFunction, unknown[]];
    await runAsTarget(() => fn(...args));
    return true;
  } catch (error) {
    if (error instanceof SystemExit) throw error;
    channel.send(brokenFrame(await encodeThrown(error)));
    await channel.flushed();
    return false;
  }
}

class PoolWorker implements ReportSink {
  readonly #channel: Channel;
  readonly #functions = new Map<number, KnownFunction>();
  readonly #waiting = new Deque<Uint8Array>();
  readonly #results: Results;
  #busy = false;
  /** The number of the task in hand, or of the last one. */
  #task = 0;
  /** Somebody listens to reports of the task in hand. */
  #listened = false;
  /** The item whose function runs, or ran last. */
  #running: RunningTask | null = null;
  /** Nobody wants the task in hand any more. */
  #cancelled = false;
  /** The pool has said so. */
  #stopped = false;
  #done = 0;
  #end: () => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#results = new Results(channel);
  }

  /** Settles at the end. Rejects with a task's `SystemExit`, which ends the unit. */
  run(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
      this.#channel.closed.then(() => {
        if (!this.#stopped) log.debug("worker got EOFError or OSError -- exiting");
        resolve();
      });
      this.#channel.onFrame((frame) => this.#receive(frame));
      this.#channel.send(bareFrame(READY));
    }).then(() => log.debug(`worker exiting after ${this.#done} tasks`));
  }

  report(item: number, value: Uint8Array): void {
    if (!this.#listened) return;
    // The items before are told first.
    this.#results.send();
    this.#channel.send(reportFrame(this.#task, item, value));
    // A task that computes may not give up the thread before its end.
    this.#channel.push();
  }

  #receive(frame: Uint8Array): void {
    try {
      if (frame[0] === CANCEL) this.#cancel(frame);
      else if (this.#busy) this.#waiting.push(frame);
      else this.#handle(frame);
    } catch (error) {
      this.#fail(error);
    }
  }

  #handle(frame: Uint8Array): void {
    switch (frame[0]) {
      case TASK:
        this.#busy = true;
        this.#running = new RunningTask(this);
        runAsTarget(() => this.#work(frame), this.#running).then(() => this.#next(), (error) => this.#fail(error));
        break;
      case FUNCTION: {
        const { id, reference } = readFunction(frame);
        this.#functions.set(id, { reference, fn: null });
        break;
      }
      case STOP:
        this.#stopped = true;
        log.debug("worker got sentinel -- exiting");
        this.#channel.flushed().then(this.#end);
        break;
      default:
        this.#fail(malformed(`a message of kind ${frame[0]}`));
    }
  }

  #next(): void {
    this.#busy = false;
    this.#done++;
    while (!this.#busy && this.#waiting.length > 0) this.#handle(this.#waiting.shift()!);
  }

  /** Runs the items of a task. Waits only where there is something to wait for: a task that computes leaves in the turn in which it came. */
  async #work(frame: Uint8Array): Promise<void> {
    const { mode, task, fn: id, items } = readTask(frame);
    const results = this.#results;
    results.begin(task);
    this.#task = task;
    this.#listened = (mode & REPORTS) !== 0;
    this.#cancelled = false;
    const first = this.#running!;
    let running = first;
    let fn: AnyFunction | null = null;
    for (let i = 0; i < items.length; i++) {
      if (results.mustLeave((mode & STREAM) !== 0)) await results.leave();
      if (i > 0) this.#running = running = running.next(i);
      try {
        if (fn === null) {
          const found = this.#function(id);
          fn = found instanceof Promise ? await found : found;
        }
        let args = decodeValue(items[i]!);
        if (args instanceof Promise) {
          results.send();
          args = await args;
        }
        if (this.#cancelled) {
          discard(args);
          running.end();
          results.add(ERROR, NOTHING);
          continue;
        }
        const found = fn;
        const call = () => (mode & SPREAD) !== 0 ? found(...args as unknown[]) : found(args);
        let value = running === first ? runAsTask(call) : runAsTarget(() => runAsTask(call), running);
        if (isThenable(value)) {
          // Whoever waits for the items before this one need not wait for it too.
          results.send();
          value = await value;
        }
        if (running.unsent !== null) await running.unsent;
        running.end();
        const bytes = this.#encode(value);
        results.add(VALUE, bytes instanceof Uint8Array ? bytes : await bytes);
      } catch (error) {
        if (running.unsent !== null) await running.unsent.catch(() => {});
        running.end();
        if (error instanceof SystemExit) {
          results.send();
          throw error;
        }
        const bytes = encodeThrown(error);
        results.add(ERROR, bytes instanceof Uint8Array ? bytes : await bytes);
      }
    }
    results.send();
  }

  /** A cancellation may come after the end of its task: then there is nothing to do. */
  #cancel(frame: Uint8Array): void {
    const { task, reason } = readCancel(frame);
    if (!this.#busy || task !== this.#task) return;
    this.#cancelled = true;
    const tell = (value: unknown) => {
      if (task === this.#task) this.#running!.cancel(value);
    };
    try {
      const value = decodeValue(reason);
      if (value instanceof Promise) value.then(tell, tell);
      else tell(value);
    } catch (error) {
      tell(error);
    }
  }

  #encode(value: unknown): Uint8Array | Promise<Uint8Array> {
    const refused = (error: unknown) => {
      const wrapped = new MaybeEncodingError(String(error), textOf(value));
      log.debug(() => `Possible encoding error while sending result: ${wrapped}`);
      throw wrapped;
    };
    try {
      refuseIterator(value);
      const bytes = encodeValue(value, "result", undefined, audienceOfWorker());
      return bytes instanceof Uint8Array ? bytes : bytes.catch(refused);
    } catch (error) {
      return refused(error);
    }
  }

  #function(id: number): AnyFunction | Promise<AnyFunction> {
    const known = this.#functions.get(id);
    if (known === undefined) throw malformed(`a task for the unknown function ${id}`);
    if (known.fn !== null) return known.fn;
    const fn = decodeValue(known.reference!) as AnyFunction | Promise<AnyFunction>;
    // A failure is kept too: a module that could not be imported cannot be imported later.
    known.fn = fn;
    known.reference = null;
    if (fn instanceof Promise) fn.then((found) => (known.fn = found), () => {});
    return fn;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "a value without a text";
  }
}
