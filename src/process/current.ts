/** This unit and its parent, as Process objects. @module */
import { ObservedPromise } from "../base/observed_promise.ts";
import { runtime } from "../runtime/runtime.ts";
import { livingChildren } from "./children.ts";
import { thisUnit } from "./identity.ts";
import { BaseProcess, standFor } from "./process.ts";
import type { Program } from "./program.ts";
import type { LaunchedUnit } from "./start_method.ts";
import { type ChildPlan, ChildState } from "./state.ts";

/** The root program's Process object has this class, as in Python. */
class MainProcess extends BaseProcess {}

/** The Process object of a parent. */
class ParentProcess extends BaseProcess {}

let current: BaseProcess | null = null;
let parent: { process: BaseProcess; state: ChildState } | null = null;

/** The Process object of this unit. */
export function currentProcess(): BaseProcess {
  current ??= shown(new ChildState(selfPlan(), "self"), MainProcess.prototype, thisIdent());
  return current;
}

/** The Process object of the unit that started this one (`name`, `pid`, `isAlive()`, `join()` work); `null` in the root program. */
export function parentProcess(): BaseProcess | null {
  const record = thisUnit().parent;
  if (record === null) return null;
  if (parent === null) {
    const plan = { ...selfPlan(), name: record.name, path: thisUnit().path.slice(0, -1), kind: "process" as const, daemon: false };
    const state = new ChildState(plan, "parent");
    parent = { process: shown(state, ParentProcess.prototype, record), state };
  }
  return parent.process;
}

/** The processes that this unit started and that have not ended. Threads of `/threading` are not among them, as in Python. */
export function activeChildren(): BaseProcess[] {
  return livingChildren("process").map((state) => state.face as BaseProcess);
}

/** Makes an object of the child's own class the current process. */
export function becomeCurrent(prototype: object, fields: Record<string, unknown>, program: Pick<Program, "target" | "args">): BaseProcess {
  current = shown(new ChildState(selfPlan(), "self"), prototype, thisIdent(), program);
  for (const [key, value] of Object.entries(fields)) {
    Object.defineProperty(current, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return current;
}

/** Notes that the parent has ended. */
export function parentVanished(): void {
  parentProcess();
  parent!.state.vanish();
}

function thisIdent(): { pid: number; ident: number } {
  return { pid: runtime.pid, ident: runtime.isMainThread ? runtime.pid : runtime.threadId };
}

function selfPlan(): ChildPlan {
  const { name, path, kind, daemon, authkey } = thisUnit();
  return { name, path, kind, daemon, authkey, method: null, options: {}, service: null };
}

function shown(
  state: ChildState,
  prototype: object,
  id: { pid: number; ident: number },
  program?: Pick<Program, "target" | "args">,
): BaseProcess {
  const never = new Promise<never>(() => {});
  const unit: LaunchedUnit = {
    ...id,
    lanes: never,
    exited: never,
    stdin: null,
    stdout: null,
    stderr: null,
    kill() {},
    ref() {},
    unref() {},
  };
  state.unit = unit;
  state.started = ObservedPromise.watch(Promise.resolve(), () => {});
  const process = Object.create(prototype) as BaseProcess;
  standFor(process, state, program);
  return process;
}
