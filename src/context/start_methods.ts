/** The start methods by name. @module */
import { forkserver } from "../process/forkserver.ts";
import { spawn } from "../process/spawn.ts";
import type { StartMethodName } from "../process/identity.ts";
import type { StartMethod } from "../process/start_method.ts";
import { thread } from "../process/thread.ts";

export type { StartMethodName };

const methods: Readonly<Record<StartMethodName, StartMethod>> = { spawn, forkserver, thread };

/** The names, default first. */
export function startMethodNames(): StartMethodName[] {
  return Object.keys(methods) as StartMethodName[];
}

/** The start method of a name. @throws {RangeError} unknown, or one that no JavaScript runtime can have. */
export function startMethod(name: string): StartMethod {
  if (Object.hasOwn(methods, name)) return methods[name as StartMethodName];
  if (name === "fork") {
    throw new RangeError(
      'Cannot use the start method "fork": no JavaScript runtime can copy a running process; use "spawn" and pass what the child needs in args',
    );
  }
  throw new RangeError(
    `Cannot find the start method ${String(name)}: it must be one of ${startMethodNames().join(", ")}, received ${typeof name}`,
  );
}

const titles: Readonly<Record<StartMethodName, string>> = { spawn: "Spawn", forkserver: "ForkServer", thread: "Thread" };

/** How a start method begins the names of its classes, as in Python: `SpawnProcess`, `ForkServerPoolWorker`. */
export function titleOf(method: StartMethodName): string {
  return titles[method];
}
