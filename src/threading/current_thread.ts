/** The threads that the running code can see: its own, the main thread, and those it started. @module */
import { ProcessError } from "../base/errors.ts";
import { livingChildren } from "../process/children.ts";
import { thisUnit } from "../process/identity.ts";
import { runtime } from "../runtime/runtime.ts";
import { failed } from "../server/request.ts";
import { identOf, takePlace, thisPlace } from "./place.ts";
import type { ThreadProgram } from "./program.ts";
import { standForThread, Thread } from "./thread.ts";

/** The thread in which a process began; it lives as long as any of its threads. */
class MainThread extends Thread {
  constructor() {
    super({ name: "MainThread", daemon: false });
  }

  override start(): Promise<void> {
    return failed(new ProcessError(`Cannot start ${this.name}: a thread can be started once, and this one runs`));
  }

  override join(): Promise<void> {
    return failed(new ProcessError(`Cannot join ${this.name}: it ends with its process, and so do all who could wait`));
  }

  override isAlive(): boolean {
    return true;
  }

  override get ident(): number {
    return thisPlace().mainIdent;
  }

  override get nativeId(): number {
    return this.ident - identOf(0);
  }
}

let main: MainThread | null = null;
let current: Thread | null = null;

/** Makes an object of the thread's own class the current thread. */
export function becomeCurrentThread(prototype: object, program: ThreadProgram): Thread {
  takePlace(program.place);
  current = stand(prototype, program);
  for (const [key, value] of Object.entries(program.fields)) {
    Object.defineProperty(current, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return current;
}

/**
 * The Thread object of the running thread. In the main thread of a process, be it started by `"spawn"`, `"forkserver"` or
 * `"thread"`, its name is `MainThread`; in a thread it is the object whose `run()` runs there.
 *
 * *Differs from Python*: in a thread it is a copy of the creator's object, not the same one.
 */
export function currentThread(): Thread {
  if (thisUnit().kind === "process") return mainThread();
  // While the thread's own program is still being decoded, what its modules run sees a plain one.
  return current ??= stand(Thread.prototype, { target: null, args: [] });
}

/** The thread in which this process began: `MainThread`, never a daemon. It cannot be joined: all threads end with it. */
export function mainThread(): Thread {
  return main ??= new MainThread();
}

/**
 * The living threads that the running one can see: the main thread, itself, and those it started, daemons included; not those that have not been
 * started or have ended.
 *
 * *Differs from Python*: a thread does not see those that other threads started, because they share no list.
 */
export function enumerate(): Thread[] {
  const started = livingChildren("thread").map((state) => state.face as Thread);
  return [...new Set([mainThread(), currentThread()]), ...started];
}

/** How many threads `enumerate()` lists. */
export function activeCount(): number {
  return enumerate().length;
}

/** The identifier of the running thread: a number from 1 on that no other thread of the process has. Its `currentThread().ident`. */
export function getIdent(): number {
  return identOf(runtime.threadId);
}

function stand(prototype: object, program: Pick<ThreadProgram, "target" | "args">): Thread {
  const thread = Object.create(prototype) as Thread;
  standForThread(thread, program);
  return thread;
}
