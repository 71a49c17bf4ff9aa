/** `local`: attributes of which every thread has its own. @module */
import { hex } from "../base/hex.ts";
import { SerializationError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";
import { registerHandle } from "../wire/handles.ts";

/** The identity of those that have travelled, and this thread's object for each: it keeps its attributes as long as the thread lives. */
const ids = new WeakMap<object, string>();
const here = new Map<string, local>();

/**
 * An object whose attributes belong to the thread that sets them. The same as Python's `threading.local`.
 *
 * - Passed to a thread or a process it arrives empty, and the same one every time: what a thread has set is there when the object comes back to it.
 * - At the top level of a module every thread makes one of its own, because every thread has its own instance of every module. So
 *   any module variable is local to its thread already; `local` says that it is meant to be.
 * - All code of one thread shares one set of attributes, however many tasks of it are awaiting something. The scopes that own an `RLock` (a
 *   Pool task, a `run(fn)`) have no set of their own: Python's thread is a unit here.
 * - The attributes of a thread die with it.
 *
 * *Differs from Python*: an instance of a subclass does not travel, since its constructor would have to run again in every thread. Make it at the
 * top level of a module, where it does.
 *
 * @example
 * ```ts
 * import { isMain } from "@fenshen/multiprocessing";
 * import { local, Thread } from "@fenshen/multiprocessing/threading";
 * import assert from "node:assert/strict";
 *
 * export function work(mine: local) {
 *   assert.equal(mine.color, undefined);
 *   mine.color = "blue";
 * }
 *
 * if (isMain(import.meta)) {
 *   const mine = new local();
 *   mine.color = "red";
 *   const thread = new Thread({ target: work, args: [mine] });
 *   await thread.start();
 *   await thread.join();
 *   assert.equal(mine.color, "red");
 * }
 * ```
 *
 * Python: `_threading_local.py`, `local`.
 */
export class local {
  /** Whatever this thread has set. */
  [attribute: string]: unknown;

  /** Makes an object without attributes. @throws {TypeError} when it is given arguments; a subclass may take some. */
  constructor(...none: never[]) {
    if (none.length > 0) throw new TypeError(`Cannot make a local: it takes no arguments, received ${none.length}`);
    registerLocal();
  }
}

function idOf(instance: local): string {
  if (Object.getPrototypeOf(instance) !== local.prototype) {
    throw new SerializationError(
      `Cannot send a ${instance.constructor.name}: a subclass of local stays in its thread; make it at the top level of a module, and every thread has its own`,
    );
  }
  const known = ids.get(instance);
  if (known !== undefined) return known;
  const id = hex(runtime.randomBytes(16));
  remember(id, instance);
  return id;
}

function remember(id: string, instance: local): local {
  ids.set(instance, id);
  here.set(id, instance);
  return instance;
}

let registered = false;

/** Lets it travel. */
export function registerLocal(): void {
  if (registered) return;
  registered = true;
  registerHandle<local, string>({
    type: "local",
    class: local,
    // It refuses them.
    carriesClass: true,
    reduce: idOf,
    revive: (id) => here.get(id) ?? remember(id, new local()),
  });
}
