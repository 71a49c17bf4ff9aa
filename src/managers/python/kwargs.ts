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
