/**
 * The life of one child as its creator sees it: launched, connected, ended. The public `Process` is a thin face over this.
 *
 * @module
 */
import type { AuthenticationString } from "../base/authkey.ts";
import { ClosedError, ProcessError, WorkerDiedError } from "../base/errors.ts";
import { formatError } from "../base/traceback.ts";
import { after } from "../base/deadline.ts";
import { logSettings } from "../base/logger.ts";
import { ObservedPromise } from "../base/observed_promise.ts";
import { trackPending } from "../base/pending.ts";
import { log } from "../runtime/log.ts";
import { runtime } from "../runtime/runtime.ts";
import type { Sentinel } from "../connection/sentinel.ts";
import type { Lanes } from "./control.ts";
import { thisUnit, type UnitKind } from "./identity.ts";
import type { ContextOptions, LaunchedUnit, StartMethod } from "./start_method.ts";
import { adopt, release } from "./children.ts";
import { uncaughtText } from "./exit_code.ts";
import type { ExitStatus, ResourceLimits } from "../runtime/types.ts";

/** Signal numbers that are the same on every platform that has them. */
export const SIGINT = 2;
/** Kills, cannot be handled. */
export const SIGKILL = 9;
/** Asks to end. */
export const SIGTERM = 15;

/** What a {@linkcode ChildState} is made from. */
export interface ChildPlan {
  name: string;
  path: number[];
  kind: UnitKind;
  daemon: boolean;
  authkey: AuthenticationString;
  /** `null` for the root program. */
  method: StartMethod | null;
  options: ContextOptions;
  /** A service of this library, or `null` for a target. */
  service: string | null;
}

/** A child of this unit, from construction to its end. */
export class ChildState {
  readonly plan: ChildPlan;
  /** Settles at the end, with the exit code (`null`: unknown, it is no child of this unit). Never rejects. */
  readonly ended: Promise<number | null>;
  /** The same as a thing to `wait()` for: one object, so that it can be found in what `wait()` gives. */
  readonly sentinel: Sentinel;
  exitcode: number | null = null;
  over = false;
  closed = false;
  /** The public object that shows this child. */
  face: object | null = null;
  started: ObservedPromise<void> | null = null;
  failed = false;
  unit: LaunchedUnit | null = null;
  /** How it ran out of memory, in words; `null` when it did not. */
  outOfMemory: string | null = null;
  /** What it is to this unit. */
  readonly role: "child" | "self" | "parent";
  #joined: Promise<number | null> | null = null;
  #setEnded: (code: number | null) => void = () => {};
  /** The code that the child announced; counts for threads, where a runtime may report another one. */
  #announced: number | null = null;

  /** @param plan Who the child will be. @param role This unit itself and its parent are shown by the same class, but are no children. */
  constructor(plan: ChildPlan, role: "child" | "self" | "parent" = "child") {
    this.plan = plan;
    this.role = role;
    this.ended = new Promise((resolve) => (this.#setEnded = resolve));
    this.sentinel = Object.freeze({ ended: this.ended });
  }

  /** Launched (or about to be) and not ended. */
  get alive(): boolean {
    return this.started !== null && !this.failed && !this.over;
  }

  /** What `join()` waits for, after the start: the exit code, or the failure of the start, which is looked at so. */
  get joined(): Promise<number | null> {
    return this.#joined ??= this.started!.then(() => this.ended);
  }

  /** Launches the unit and sends it its payload. A failure that nobody looks at is reported. */
  start(payload: Uint8Array | Promise<Uint8Array>, onLaunched: () => void, onFailed: () => void): ObservedPromise<void> {
    // At its end this unit waits for its children, so it must not end before it has this one.
    const launched = trackPending(this.#launch(payload));
    launched.then(onLaunched, () => {
      this.failed = true;
      onFailed();
    });
    this.started = ObservedPromise.watch(launched, (error) => {
      log.error(() => `Cannot start ${this.plan.name}:\n${formatError(error)}`);
    });
    return this.started;
  }

  /** Sends a signal once the launch is done; does nothing after the end. */
  kill(signal: number, grace?: number): void {
    this.requireStarted("terminate");
    if (this.role !== "child") throw new ProcessError(`Cannot terminate ${this.plan.name}: it is not a child of this process`);
    if (this.unit === null) {
      // Not by the promise's own `then`: whoever terminates has not looked at a failure.
      Promise.prototype.then.call(this.started, () => this.kill(signal, grace), () => {});
      return;
    }
    if (this.over || this.#announced !== null && this.plan.method?.name === "thread") return;
    this.unit.kill(signal);
    if (grace === undefined) return;
    const cancel = after(grace, () => this.unit!.kill(SIGKILL));
    this.ended.then(cancel);
  }

  /** @throws {ClosedError} after `close()`. @throws {ProcessError} before `start()`. */
  requireStarted(verb: string): void {
    this.requireOpen(verb);
    if (this.started === null) throw new ProcessError(`Cannot ${verb} ${this.plan.name}: it has not been started`);
  }

  /** @throws {ClosedError} after `close()`. */
  requireOpen(verb: string): void {
    if (this.closed) throw new ClosedError(`Cannot ${verb} ${this.plan.name}: the process object is closed`);
  }

  /** @throws {ProcessError} when nobody here can wait for it. */
  requireJoinable(): void {
    this.requireStarted("join");
    if (this.role === "self") throw new ProcessError(`Cannot join ${this.plan.name}: a unit cannot wait for its own end`);
  }

  /** The control channel, once the child has connected. @throws {WorkerDiedError} when it ended before that. */
  async lanes(): Promise<Lanes> {
    await this.started;
    const lanes = await this.unit!.lanes;
    if (lanes !== null) return lanes;
    const exitcode = await this.ended;
    const signal = exitcode !== null && exitcode < 0 ? runtime.signalName(-exitcode) : null;
    const why = this.outOfMemory === null ? "" : `: ${this.outOfMemory}`;
    throw new WorkerDiedError(`Cannot reach ${this.plan.name}: it ended while it started, with exit code ${exitcode}${why}`, {
      exitcode,
      signal,
      task: null,
      outOfMemory: this.outOfMemory !== null,
    });
  }

  async #launch(payload: Uint8Array | Promise<Uint8Array>): Promise<void> {
    const letEnd = runtime.keepAlive();
    try {
      const bytes = await payload;
      const { name, path, kind, daemon, authkey, method, options, service } = this.plan;
      const unit = await method!.launch({ ...options, name, daemon });
      this.unit = unit;
      if (!daemon) unit.ref();
      else {
        unit.unref();
        if (method!.name !== "thread") unit.exited.then(runtime.guard(unit.pid));
      }
      adopt(this);
      unit.exited.then((status) => this.#end(status));
      unit.lanes.then((lanes) => {
        if (lanes === null) return;
        lanes.onMessage((message) => {
          if (message.type === "exit") this.#announced = message.code;
        });
        const me = thisUnit();
        const parent = { name: me.name, pid: runtime.pid, ident: runtime.isMainThread ? runtime.pid : runtime.threadId };
        lanes.send({
          type: "boot",
          name,
          path,
          kind,
          daemon,
          method: method!.name,
          parent,
          authkey: new Uint8Array(authkey),
          log: logSettings(log),
          service,
          payload: bytes,
        });
      });
    } finally {
      letEnd();
    }
  }

  /** Notes that the parent of this unit is gone; nobody can know its exit code. */
  vanish(): void {
    this.over = true;
    this.#setEnded(null);
  }

  #end({ exitcode, error, outOfMemory }: ExitStatus): void {
    const code = exitcode >= 0 && this.plan.method?.name === "thread" ? this.#announced ?? exitcode : exitcode;
    if (outOfMemory) this.outOfMemory = outOfMemoryText(this.plan.options.resourceLimits);
    if (error !== undefined && this.#announced === null) runtime.writeError(uncaughtText(this.plan, error));
    // The error of a service's task tells it.
    if (this.outOfMemory !== null && this.plan.service === null) runtime.writeError(`Process ${this.plan.name}:\n${this.outOfMemory}\n`);
    this.exitcode = code;
    this.over = true;
    release(this);
    this.#setEnded(code);
  }
}

function outOfMemoryText(limits: ResourceLimits | undefined): string {
  const given = Object.entries(limits ?? {}).map(([key, value]) => `${key} ${value}`).join(", ");
  return `out of memory, with the limits ${given || "of the runtime"}`;
}
