/** `BaseProcess`: what every `Process` is, whatever its start method. @module */
import { AuthenticationString } from "../base/authkey.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { ProcessError } from "../base/errors.ts";
import { checkWaitOptions, timeoutOf, type WaitOptions, within } from "../base/deadline.ts";
import { nameLog } from "../base/logger.ts";
import { refuseInBootstrap } from "./bootstrap_guard.ts";
import { log } from "../runtime/log.ts";
import { runtime } from "../runtime/runtime.ts";
import { failed, observed } from "../server/request.ts";
import { nextChildPath, thisUnit, type UnitKind } from "./identity.ts";
import { checkOptions, type ProcessOptions } from "./options.ts";
import { isEnding } from "./children.ts";
import type { Sentinel } from "../connection/sentinel.ts";
import type { Undo } from "../reference/value.ts";
import { encodeProgram, type Program } from "./program.ts";
import { ChildState, SIGINT, SIGKILL, SIGTERM } from "./state.ts";
import type { StartMethod, StartMethodFace } from "./start_method.ts";

interface Own {
  state: ChildState;
  target: Program["target"];
  args: readonly unknown[];
}

const owns = new WeakMap<object, Own>();

/** The life of the child that a Process object stands for. Internal: for the pool. */
export function stateOf(process: BaseProcess): ChildState {
  return own(process).state;
}

/** Starts a child with a payload that is made after the checks, in this same call. Internal: for targets and services. */
export function startWith(process: BaseProcess, payload: (carried: Undo[]) => Uint8Array | Promise<Uint8Array>): Promise<void> {
  const { state } = own(process);
  state.requireOpen("start");
  if (state.started !== null) {
    throw new ProcessError(`Cannot start ${state.plan.name}: it was started before; make a new Process for every start`);
  }
  refuseInBootstrap(state.plan.name);
  if (isEnding()) throw new ProcessError(`Cannot start ${state.plan.name}: this unit is at its end`);
  state.face = process;
  // As in Python: the creator keeps neither target nor arguments alive.
  const carried: Undo[] = [];
  const died = () => carried.splice(0).forEach((undo) => undo());
  const encoded = settledIn(() => payload(carried));
  // What the child did not take with it before its end, nobody will take.
  state.ended.then(died);
  return state.start(encoded, () => owns.set(process, { state, target: null, args: [] }), died);
}

/** A failure of the call itself is one of the start, so that `join()` has it too. */
function settledIn(payload: () => Uint8Array | Promise<Uint8Array>): Uint8Array | Promise<Uint8Array> {
  try {
    return payload();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Makes an object stand for a unit without calling its constructor: this very unit, in a child, or its parent. */
export function standFor(
  process: BaseProcess,
  state: ChildState,
  program: Pick<Program, "target" | "args"> = { target: null, args: [] },
): void {
  owns.set(process, { state, target: program.target, args: program.args });
}

/** Runs a unit of execution outside this one. Use `Process` of a context; this is its base, as in Python. */
export class BaseProcess<A extends readonly unknown[] = readonly unknown[]> {
  /** Prepares a child; nothing starts yet. @param options What to run. @param method How to start it; given by the context. @param service Internal. @param kind Internal. */
  constructor(options: ProcessOptions<A> | undefined, method: StartMethodFace, service: string | null = null, kind: UnitKind = "process") {
    const { target = null, args = [], name, daemon, ...context } = checkOptions(options);
    const path = nextChildPath();
    const me = thisUnit();
    const plan = {
      name: name || `${new.target.name}-${path.join(":")}`,
      path,
      kind,
      daemon: daemon ?? me.daemon,
      authkey: me.authkey,
      method: method as StartMethod,
      options: context,
      service,
    };
    owns.set(this, { state: new ChildState(plan), target: target as Program["target"], args: [...args as Iterable<unknown>] });
  }

  /**
   * What the child runs: the target with its arguments. A subclass may override it; then the class travels by reference, like a function,
   * and the object's own data fields with it. Its constructor is not called again in the child.
   */
  run(): unknown {
    const { target, args } = own(this);
    return (target as ((...args: readonly unknown[]) => unknown) | null)?.(...args);
  }

  /**
   * Launches the unit. Resolves when its pid is known, not when the target has begun.
   *
   * A failure that nobody waits for is printed on stderr; `join()` has it too.
   *
   * @throws {SerializationError} target or arguments cannot travel. @throws {BootstrapError} called by what an import ran: the main guard is missing.
   * @throws {ProcessError} started before; too few files may be open for one child more.
   */
  start(): Promise<void> {
    try {
      const { target, args, state } = own(this);
      const audience = state.plan.method?.name === "thread" ? "once" : "process";
      return startWith(this, (carried) => encodeProgram({ target, args, subclass: subclassOf(this) }, carried, audience));
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Waits for the end, and for all output of the child. Waits for an unfinished `start()` too, and shares its failure.
   *
   * @param options `timeout` in milliseconds (default: for ever), `signal`.
   * @returns The exit code; `null` when the timeout passed first. May be called many times.
   * @throws {ProcessError} not started, or this is no child of this unit.
   */
  join(options?: WaitOptions): Promise<number | null> {
    return observed(joined(this, options));
  }

  /** Whether it was started and has not ended. */
  isAlive(): boolean {
    const { state } = own(this);
    state.requireOpen("test");
    return state.alive;
  }

  /**
   * Asks it to end: SIGTERM for a process; a thread is stopped and reports -15. Nothing happens after its end. Its own children are not touched,
   * but its daemons end with it.
   *
   * @param options `grace`: milliseconds after which it is killed when it still runs.
   * @throws {ProcessError} not started. @throws {ClosedError} after `close()`.
   */
  terminate(options?: { grace?: number }): void {
    own(this).state.kill(SIGTERM, timeoutOf(options?.grace));
  }

  /**
   * Ends it at once: SIGKILL; a thread is stopped and reports -9. Deno (2.9) cannot stop a thread that computes without a pause: it counts as ended, and
   * uses a core until the program ends. Give such work to processes there.
   */
  kill(): void {
    own(this).state.kill(SIGKILL);
  }

  /** Sends SIGINT, as Ctrl-C does; a thread is stopped and reports -2. */
  interrupt(): void {
    own(this).state.kill(SIGINT);
  }

  /**
   * Gives the object up; it is not a kill. Idempotent. Afterwards every method throws `ClosedError`; `name` still works.
   *
   * @throws {ProcessError} while the process runs.
   */
  close(): void {
    const { state } = own(this);
    if (state.alive) throw new ProcessError(`Cannot close ${this.name}: it is still running; await join() or call terminate() first`);
    state.closed = true;
  }

  /** The process's id, `null` before the start. A thread has that of its process. */
  get pid(): number | null {
    return opened(this, "read the pid of").unit?.pid ?? null;
  }

  /** The process's id, or the thread's; `null` before the start. */
  get ident(): number | null {
    return opened(this, "read the ident of").unit?.ident ?? null;
  }

  /** `null` until it ended; then the code: 0 fine, 1 uncaught error, `n` from `SystemExit(n)` or `process.exitCode = n`, `-N` killed by signal N. */
  get exitcode(): number | null {
    return opened(this, "read the exit code of").exitcode;
  }

  /** A name for people; need not be unique. Set on `currentProcess()` it is how the log, and children started from then on, name this unit. */
  get name(): string {
    return own(this).state.plan.name;
  }
  set name(name: string) {
    if (typeof name !== "string") throw new TypeError(`Cannot name a process: name must be a string, received ${String(name)}`);
    const { state } = own(this);
    state.plan.name = name;
    if (state.role !== "self") return;
    thisUnit().name = name;
    nameLog(log, () => thisUnit().name);
  }

  /** Whether it ends with its creator. Settable before the start only. */
  get daemon(): boolean {
    return own(this).state.plan.daemon;
  }
  set daemon(daemon: boolean) {
    if (typeof daemon !== "boolean") {
      throw new TypeError(`Cannot set daemon of ${this.name}: it must be a boolean, received ${String(daemon)}`);
    }
    if (own(this).state.started !== null) throw new ProcessError(`Cannot set daemon of ${this.name}: it has already been started`);
    own(this).state.plan.daemon = daemon;
  }

  /** The key that managers of this program use unless told otherwise; inherited from the creator. It refuses to travel in a message. Set on `currentProcess()` it is that of the children made from then on. */
  get authkey(): Uint8Array {
    return own(this).state.plan.authkey;
  }
  set authkey(key: Uint8Array) {
    if (!(key instanceof Uint8Array)) {
      throw new TypeError(`Cannot set authkey of ${this.name}: it must be a Uint8Array, received ${typeof key}`);
    }
    const { state } = own(this);
    state.plan.authkey = new AuthenticationString(key);
    if (state.role === "self") thisUnit().authkey = state.plan.authkey;
  }

  /** Something to wait for the end with, together with other things: see `wait()` of `/connection`. @throws {ProcessError} before the start. */
  get sentinel(): Sentinel {
    const { state } = own(this);
    state.requireStarted("read the sentinel of");
    return state.sentinel;
  }

  /** What is written here is the child's stdin; `null` unless `stdio` says `"pipe"`. */
  get stdin(): WritableStream<Uint8Array> | null {
    return opened(this, "read the stdin of").unit?.stdin ?? null;
  }

  /** The child's stdout; `null` unless `stdio` says `"pipe"`. Kept in memory until read, so an unread stream blocks nobody. */
  get stdout(): ReadableStream<Uint8Array> | null {
    return opened(this, "read the stdout of").unit?.stdout ?? null;
  }

  /** The child's stderr; `null` unless `stdio` says `"pipe"`. */
  get stderr(): ReadableStream<Uint8Array> | null {
    return opened(this, "read the stderr of").unit?.stderr ?? null;
  }

  /** Terminates a daemon, joins, closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { state } = own(this);
    if (state.closed) return;
    // A failed start left nothing to wait for, and has told its failure itself.
    if (state.started !== null && !state.failed) {
      if (state.plan.daemon) this.terminate();
      await this.join();
    }
    this.close();
  }

  /** `<Process name='Process-1' pid=12 parent=10 started daemon>`, as in Python. */
  [inspectNode](): string {
    return this.toString();
  }
  /** The same for Deno. */
  [inspectDeno](): string {
    return this.toString();
  }
  /** The same text. */
  toString(): string {
    const { state } = own(this);
    const code = state.exitcode;
    const signal = code !== null && code < 0 ? runtime.signalName(-code) : null;
    const parent = { child: runtime.pid, self: thisUnit().parent?.pid, parent: undefined }[state.role];
    const parts = [
      `name='${this.name}'`,
      state.unit ? `pid=${state.unit.pid}` : "",
      parent === undefined ? "" : `parent=${parent}`,
      state.closed ? "closed" : state.over ? "stopped" : state.started && !state.failed ? "started" : "initial",
      code === null ? "" : `exitcode=${signal === null ? code : "-" + signal}`,
      this.daemon ? "daemon" : "",
    ];
    return `<${this.constructor.name} ${parts.filter((p) => p !== "").join(" ")}>`;
  }
}

const TIMED_OUT = Symbol("timed out");

async function joined(process: BaseProcess, options: WaitOptions | undefined): Promise<number | null> {
  checkWaitOptions(options);
  const { state } = own(process);
  state.requireJoinable();
  options?.signal?.throwIfAborted();
  if (state.over) return state.exitcode;
  if (timeoutOf(options?.timeout) === 0 && state.unit !== null) return null;
  const release = runtime.keepAlive();
  try {
    return await within<number | null>(state.joined, options, () => TIMED_OUT);
  } catch (error) {
    if (error === TIMED_OUT) return null;
    throw error;
  } finally {
    release();
  }
}

function own(process: object): Own {
  const found = owns.get(process);
  if (!found) throw new TypeError("Cannot use a Process: its constructor has not run; call super() first");
  return found;
}

function opened(process: object, verb: string): ChildState {
  const { state } = own(process);
  state.requireOpen(verb);
  return state;
}

function subclassOf(process: BaseProcess): Program["subclass"] {
  if (process.run === BaseProcess.prototype.run) return null;
  return { class: process.constructor as unknown as { prototype: object }, fields: { ...process } };
}
