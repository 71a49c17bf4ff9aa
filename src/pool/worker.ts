/** What runs in a pool's worker: tasks, one at a time. @module */
import { BootstrapError, MaybeEncodingError, SystemExit } from "../base/errors.ts";
import { Deque } from "../base/deque.ts";
import type { Channel } from "../connection/channel.ts";
import { runAsTarget } from "../reference/importing.ts";
import { functionHooks } from "../reference/hooks.ts";
import { decodeValue, encodeValue } from "../reference/value.ts";
import { log } from "../runtime/log.ts";
import { runAsTask } from "../sync/owner.ts";
import { encodeError } from "../wire/wire.ts";
import { isThenable } from "./job.ts";
import type { WorkerSetup } from "./launch.ts";
import {
  bareFrame,
  brokenFrame,
  ERROR,
  FUNCTION,
  malformed,
  readFunction,
  readTask,
  READY,
  SPREAD,
  STOP,
  STREAM,
  TASK,
  VALUE,
} from "./protocol.ts";
import { refuseGenerator } from "./refuse_generator.ts";
import { Results } from "./worker_results.ts";

type AnyFunction = (...args: unknown[]) => unknown;

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

class PoolWorker {
  readonly #channel: Channel;
  readonly #functions = new Map<number, KnownFunction>();
  readonly #waiting = new Deque<Uint8Array>();
  readonly #results: Results;
  #busy = false;
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

  #receive(frame: Uint8Array): void {
    if (this.#busy) this.#waiting.push(frame);
    else this.#handle(frame);
  }

  #handle(frame: Uint8Array): void {
    switch (frame[0]) {
      case TASK:
        this.#busy = true;
        runAsTarget(() => this.#task(frame)).then(() => this.#next(), (error) => this.#fail(error));
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
  async #task(frame: Uint8Array): Promise<void> {
    const { mode, task, fn: id, items } = readTask(frame);
    const results = this.#results;
    results.begin(task);
    let fn: AnyFunction | null = null;
    for (const item of items) {
      if (results.mustLeave((mode & STREAM) !== 0)) await results.leave();
      try {
        if (fn === null) {
          const found = this.#function(id);
          fn = found instanceof Promise ? await found : found;
        }
        let args = decodeValue(item);
        if (args instanceof Promise) {
          results.send();
          args = await args;
        }
        const found = fn;
        let value = runAsTask(() => (mode & SPREAD) !== 0 ? found(...args as unknown[]) : found(args));
        if (isThenable(value)) {
          // Whoever waits for the items before this one need not wait for it too.
          results.send();
          value = await value;
        }
        const bytes = this.#encode(value);
        results.add(VALUE, bytes instanceof Uint8Array ? bytes : await bytes);
      } catch (error) {
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

  #encode(value: unknown): Uint8Array | Promise<Uint8Array> {
    const refused = (error: unknown) => {
      const wrapped = new MaybeEncodingError(String(error), textOf(value));
      log.debug(() => `Possible encoding error while sending result: ${wrapped}`);
      throw wrapped;
    };
    try {
      refuseGenerator(value);
      const bytes = encodeValue(value, "result");
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

function encodeThrown(error: unknown): Uint8Array | Promise<Uint8Array> {
  return encodeError(rootOf(error), { functions: functionHooks, where: "error" });
}

/** The missing main guard is what the user has to hear of, not that an import failed because of it. */
function rootOf(error: unknown): unknown {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof BootstrapError) return e;
  return error;
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "a value without a text";
  }
}
