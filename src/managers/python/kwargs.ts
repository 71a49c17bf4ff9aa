/** Arguments by name, for methods of Python. @module */

/** Arguments by name; made by {@linkcode kwargs}. */
export class Kwargs {
  /** The arguments. */
  readonly named: Keywords;
  /** Use {@linkcode kwargs}. @param named The arguments. */
  constructor(named: Keywords) {
    this.named = named;
  }
}

/** Keyword arguments of Python, by name. */
export type Keywords = Readonly<Record<string, unknown>>;

/**
 * Arguments by name for a Python manager, as the last argument of a call: `await queue.get(kwargs({ timeout: 0.5 }))`. A plain object would be a dict.
 *
 * @param named The arguments, by the names that they have in Python.
 * @throws {TypeError} when it is no object.
 *
 * @example
 * ```ts
 * import { BaseManager, kwargs, type PythonProxy } from "@fenshen/multiprocessing/managers";
 * import assert from "node:assert/strict";
 *
 * class Lists extends BaseManager {
 *   declare list: (items: unknown[]) => Promise<PythonProxy & { sort(...args: unknown[]): Promise<void> }>;
 * }
 * Lists.register("list");
 *
 * await using manager = new Lists({ codec: "pickle" });
 * await manager.start();
 * const list = await manager.list([1, 3, 2]);
 * await list.sort(kwargs({ reverse: true }));
 * assert.deepEqual(await list.getValue(), [3, 2, 1]);
 * ```
 */
export function kwargs(named: Keywords): Kwargs {
  if (named === null || typeof named !== "object") {
    throw new TypeError(`Cannot name arguments: it takes an object, received ${named === null ? "null" : typeof named}`);
  }
  return new Kwargs(named);
}

/** The arguments of a call, in order and by name. */
export function splitArguments(args: readonly unknown[]): { args: readonly unknown[]; kwds: Keywords } {
  const last = args.at(-1);
  return last instanceof Kwargs ? { args: args.slice(0, -1), kwds: last.named } : { args, kwds: {} };
}
