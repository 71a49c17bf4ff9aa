/** `Thread`: a worker thread, with the vocabulary of Python's `threading`. @module */
import { checkWaitOptions, type WaitOptions } from "../base/deadline.ts";
import { ProcessError } from "../base/errors.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { currentProcess } from "../process/current.ts";
import { thisUnit } from "../process/identity.ts";
import { checkOptions } from "../process/options.ts";
import { BaseProcess, startWith, stateOf } from "../process/process.ts";
import { thread as threadMethod } from "../process/thread.ts";
import { encodeValue } from "../reference/value.ts";
import { failed, observed } from "../server/request.ts";
import { registerHandles } from "./handles.ts";
import { identOf, nextLabel, thisPlace } from "./place.ts";
import type { ThreadProgram } from "./program.ts";

/** What `new Thread()` takes. */
export interface ThreadOptions<A extends readonly unknown[] = readonly unknown[]> {
  /** What the thread calls; default: nothing. It travels by reference, see `task()`. */
  // deno-lint-ignore no-explicit-any -- the return value is dropped, and a method may return anything
  target?: ((...args: A) => any) | null;
  /** The target's arguments: any iterable. They are copied in the call to `start()`. */
  args?: Readonly<NoInfer<A>> | (Iterable<NoInfer<A>[number]> & { readonly length?: never });
  /** Default `Thread-1`, or with a target `Thread-1 (work)`; in a thread `Thread-1:1`. For people only. An empty name counts as none. */
  name?: string;
  /** Whether the program may end while it runs. Default: the flag of the thread that makes it. */
  daemon?: boolean;
}

/** A class of this library whose threads are made in the child without importing a module of the user. */
export interface LibraryThread {
  /** The service that runs it. */
  readonly service: string;
  /** Its own `run`; a subclass with another one travels by reference. */
  readonly run: () => unknown;
}

interface Own {
  name: string;
  daemon: boolean;
  /** What threads that it starts are numbered after. */
  readonly label: string;
  readonly library: LibraryThread | null;
  target: ThreadProgram["target"];
  args: readonly unknown[];
  /** The unit that it is; `null` before its start. */
  unit: BaseProcess | null;
}

const owns = new WeakMap<object, Own>();

/** Makes an object stand for this very thread, without calling its constructor. */
export function standForThread(thread: Thread, { target, args }: Pick<ThreadProgram, "target" | "args">): void {
  const { name, daemon } = thisUnit();
  owns.set(thread, { name, daemon, label: thisPlace().label, library: null, target, args, unit: currentProcess() });
}

/**
 * A worker thread. The same as Python's `threading.Thread`, but it shares no memory with the thread that starts it.
 *
 * - **Memory**: target, arguments and fields of a subclass are copied in the call to `start()`, as they are to a process; a global variable that a thread
 *   changes is its own. Queues, locks, pipes and the like may be passed and mean the same object everywhere.
 * - **Parallel**: threads compute at the same time, there is no global interpreter lock. Within one thread, what awaits lets others go on.
 * - **End**: it ends when what `run()` returned has settled, and its own children have ended. A thread that is no daemon keeps the program alive.
 * - **Errors**: an uncaught error is printed once, after `Exception in thread <name>:`, and ends this thread only. `join()` does not
 *   throw it. `SystemExit` ends the thread silently.
 * - **Death**: the locks that an ended thread held are freed, the waits it was in are given up.
 *
 * *Differs from Python*: nothing is shared but what is made for it; starting one takes milliseconds, not microseconds; there is no `kwargs`. As in
 * Python nobody can stop a thread from outside: `Process` of `getContext("thread")` can be terminated.
 *
 * @example
 * ```ts
 * import { isMain, Queue } from "@fenshen/multiprocessing";
 * import { Thread } from "@fenshen/multiprocessing/threading";
 * import assert from "node:assert/strict";
 *
 * export async function work(queue: Queue<string>) {
 *   await queue.put("hello");
 * }
 *
 * if (isMain(import.meta)) {
 *   const queue = new Queue<string>();
 *   const thread = new Thread({ target: work, args: [queue] });
 *   await thread.start();
 *   assert.equal(await queue.get(), "hello");
 *   await thread.join();
 *   assert.equal(thread.isAlive(), false);
 * }
 * ```
 *
 * Python: `threading.py`, `Thread`.
 */
export class Thread<A extends readonly unknown[] = readonly unknown[]> {
  /** Prepares a thread; nothing starts yet. @param options What to run. @param library Internal. @throws {TypeError} for a bad option. */
  constructor(options?: ThreadOptions<A>, library?: LibraryThread) {
    const { target = null, args = [], name, daemon } = checkOptions(options, "Thread");
    registerHandles();
    const label = name || nextLabel();
    const title = target?.name ? ` (${target.name})` : "";
    const me = thisUnit();
    owns.set(this, {
      name: name || `Thread-${label}${title}`,
      daemon: daemon ?? (me.kind === "thread" && me.daemon),
      label,
      library: library ?? { service: "thread", run: Thread.prototype.run },
      target: target as ThreadProgram["target"],
      args: [...args as Iterable<unknown>],
      unit: null,
    });
  }

  /**
   * What the thread runs: the target with its arguments. A subclass may override it; then the class travels by reference, like a function,
   * and the object's own data fields with it. Its constructor is not called again in the thread.
   */
  run(): unknown {
    const { target, args } = own(this);
    return (target as ((...args: readonly unknown[]) => unknown) | null)?.(...args);
  }

  /**
   * Starts the thread. Resolves when it is launched and has its `ident`, not when the target has begun.
   *
   * A failure that nobody waits for is printed on stderr; `join()` has it too.
   *
   * @throws {SerializationError} target or arguments cannot travel. @throws {BootstrapError} called by what an import ran: the main guard is missing.
   * @throws {ProcessError} started before.
   */
  start(): Promise<void> {
    try {
      return launch(this);
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Waits for the end, and for all output of the thread. Waits for an unfinished `start()` too, and shares its failure.
   *
   * Whether it ended or the timeout passed, `isAlive()` tells. May be called many times, by the thread's creator.
   *
   * @param options `timeout` in milliseconds (default: for ever), `signal`.
   * @throws {ProcessError} not started; this very thread; the main thread. The signal's reason, when aborted.
   */
  join(options?: WaitOptions): Promise<void> {
    return observed(joined(this, options));
  }

  /** Whether it was started and has not ended. */
  isAlive(): boolean {
    return own(this).unit?.isAlive() ?? false;
  }

  /** A name for people; need not be unique. A name given after the start is not told to the thread itself. */
  get name(): string {
    const { unit, name } = own(this);
    return unit?.name ?? name;
  }
  set name(name: string) {
    if (typeof name !== "string") throw new TypeError(`Cannot name a thread: name must be a string, received ${String(name)}`);
    const mine = own(this);
    mine.name = name;
    if (mine.unit !== null) mine.unit.name = name;
  }

  /** Whether the program may end while it runs; it is stopped then. Settable before the start only. */
  get daemon(): boolean {
    return own(this).daemon;
  }
  set daemon(daemon: boolean) {
    if (typeof daemon !== "boolean") {
      throw new TypeError(`Cannot set daemon of ${this.name}: it must be a boolean, received ${String(daemon)}`);
    }
    // The main thread runs without having been started here.
    if (this.isAlive() || own(this).unit !== null) {
      throw new ProcessError(`Cannot set daemon of ${this.name}: it has already been started`);
    }
    own(this).daemon = daemon;
  }

  /** What `getIdent()` answers in it: a number that no other thread of its process has; `null` before the start, kept after the end. */
  get ident(): number | null {
    const threadId = this.nativeId;
    return threadId === null ? null : identOf(threadId);
  }

  /** The runtime's own number of it, as `threadId` of `node:worker_threads`; `null` before the start. Python's is that of the operating system. */
  get nativeId(): number | null {
    return own(this).unit?.ident ?? null;
  }

  /** Joins it. A daemon is stopped. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { unit, daemon } = own(this);
    // A failed start left nothing to wait for, and has told its failure itself.
    if (unit === null || stateOf(unit).failed) return;
    if (daemon) unit.terminate();
    await unit.join();
  }

  /** `<Thread(Thread-1, started daemon 2)>`, as in Python. */
  [inspectNode](): string {
    return this.toString();
  }
  /** The same for Deno. */
  [inspectDeno](): string {
    return this.toString();
  }
  /** The same text. */
  toString(): string {
    const state = this.isAlive() ? "started" : own(this).unit === null ? "initial" : "stopped";
    const parts = [state, this.daemon ? "daemon" : "", this.ident ?? ""];
    return `<${this.constructor.name}(${this.name}, ${parts.filter((part) => part !== "").join(" ")})>`;
  }
}

function own(thread: object): Own {
  const found = owns.get(thread);
  if (!found) throw new TypeError("Cannot use a Thread: its constructor has not run; call super() first");
  return found;
}

async function joined(thread: Thread, options: WaitOptions | undefined): Promise<void> {
  checkWaitOptions(options);
  const { unit, name } = own(thread);
  if (unit === null) throw new ProcessError(`Cannot join ${name}: it has not been started`);
  await unit.join(options);
}

function launch(thread: Thread): Promise<void> {
  const mine = own(thread);
  const { name, daemon, library } = mine;
  if (mine.unit !== null || library === null) {
    throw new ProcessError(`Cannot start ${thread.name}: a thread can be started once; make a new Thread for every start`);
  }
  const unit = new BaseProcess({ name, daemon }, threadMethod, library.service, "thread");
  const started = startWith(unit, () => encodeValue(programOf(thread, library), "thread"));
  stateOf(unit).face = thread;
  mine.unit = unit;
  // As in Python: a thread that was started keeps neither target nor arguments alive.
  mine.target = null;
  mine.args = [];
  return started;
}

/** What travels to the thread. */
function programOf(thread: Thread, library: LibraryThread): ThreadProgram {
  const { target, args, label } = own(thread);
  return {
    class: thread.run === library.run ? null : thread.constructor as unknown as { prototype: object },
    fields: { ...thread },
    target,
    args,
    place: { label, mainIdent: thisPlace().mainIdent },
  };
}
