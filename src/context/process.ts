/** `Process` of the default context, and how a context makes its own. @module */
import { withDefaults } from "../process/context_options.ts";
import type { ProcessOptions } from "../process/options.ts";
import { BaseProcess } from "../process/process.ts";
import type { ContextOptions } from "../process/start_method.ts";
import { registerHandles } from "../threading/handles.ts";
import { currentStartMethod } from "./default_method.ts";
import { startMethod, type StartMethodName, titleOf } from "./start_methods.ts";

/**
 * A unit of execution outside this one: an OS process, or with the start method `"thread"` a worker thread. The same as Python's `Process`.
 *
 * - The target and its arguments are encoded in the call to `start()`: what cannot travel is refused there.
 * - Everything the child writes arrives before `join()` resolves.
 * - An uncaught error in the child is printed on stderr with the child's name, and the exit code is 1.
 * - A child that is not a daemon keeps this program alive; a daemon ends with it, also when it is killed.
 *
 * *Differs from Python*: the child ends when the target's promise settles, even if timers are left; a daemon may have children;
 * there is no `kwargs`: pass an object.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * export function greet(name: string) {
 *   console.log(`hello ${name} from ${mp.currentProcess().name}`);
 * }
 *
 * if (mp.isMain(import.meta)) {
 *   const p = new mp.Process({ target: greet, args: ["bob"] });
 *   await p.start();
 *   assert.equal(await p.join(), 0);
 * }
 * ```
 *
 * Python: `multiprocessing/process.py`, `BaseProcess`.
 */
export class Process<A extends readonly unknown[] = readonly unknown[]> extends BaseProcess<A> {
  /** Prepares a child; nothing starts yet. @param options What to run, and how the child is set up. @throws {TypeError} for a bad option. */
  constructor(options?: ProcessOptions<A>) {
    registerHandles();
    super(options, startMethod(currentStartMethod()));
  }

  /** Every Process object, whatever its context, and so what `currentProcess()` gives; for a subclass its own instances. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === Process ? value instanceof BaseProcess : super[Symbol.hasInstance](value);
  }
}

/** A `Process` class that is bound to a start method and options; `SpawnProcess`, `ForkServerProcess` or `ThreadProcess`, as Python names them. */
export function boundProcess(method: StartMethodName, defaults: ContextOptions): typeof Process {
  const Bound = class<A extends readonly unknown[] = readonly unknown[]> extends BaseProcess<A> {
    constructor(options?: ProcessOptions<A>) {
      registerHandles();
      super(options === undefined || typeof options === "object" ? withDefaults(defaults, options ?? {}) : options, startMethod(method));
    }
  };
  Object.defineProperty(Bound, "name", { value: `${titleOf(method)}Process` });
  return Bound as typeof Process;
}
