/** An object that Python programs use through a proxy: what it can do, by the names of Python. @module */
import { errorFromPython } from "../../wire/pickle/pickle.ts";

/** One call. */
export interface PythonCall {
  /** In order. */
  readonly args: readonly unknown[];
  /** By name. */
  readonly kwds: ReadonlyMap<string, unknown>;
  /** Aborted when the caller's connection ends: who waits gives up, and loses nothing. */
  readonly signal: AbortSignal;
}

/** What a proxy's calls reach. */
export interface Referent {
  /** The methods that clients may call. May wait. What one throws arrives as the exception of the same meaning. */
  readonly methods: ReadonlyMap<string, (call: PythonCall) => unknown>;
  /** Methods whose result stays here, and its type. */
  readonly methodToTypeid?: ReadonlyMap<string, string>;
  /** A copy of it, for `_getvalue()`. */
  value(): unknown;
  /** What `str(proxy)` shows. */
  repr(): string;
}

/** An exception of Python by its name. */
export function raise(name: string, ...args: unknown[]): never {
  throw errorFromPython(`builtins.${name}`, Object.freeze(args) as readonly unknown[]);
}

/** Arguments by the names of parameters, as Python binds them; `undefined` where there is none. */
export function bind(names: readonly string[], { args, kwds }: Pick<PythonCall, "args" | "kwds">): unknown[] {
  if (args.length > names.length) raise("TypeError", `at most ${names.length} arguments, received ${args.length}`);
  const bound = names.map((name, at) => at < args.length ? args[at] : kwds.get(name));
  for (const name of kwds.keys()) {
    const at = names.indexOf(name);
    if (at === -1) raise("TypeError", `unexpected keyword argument '${name.slice(0, 100)}'`);
    if (at < args.length) raise("TypeError", `multiple values for argument '${name}'`);
  }
  return bound;
}

/** Milliseconds of a timeout that Python gives in seconds; none: for ever. */
export function milliseconds(seconds: unknown): number {
  if (seconds === null || seconds === undefined) return Infinity;
  if (typeof seconds !== "number" || Number.isNaN(seconds)) raise("TypeError", "timeout must be a number of seconds or None");
  return seconds * 1000;
}
