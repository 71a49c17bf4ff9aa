/** What stands for a class or a function of Python in a pickle. @module */

/** A class or function of Python by its name. Only hooks see one: as data it is refused. */
export class PythonGlobal {
  /** The module, such as `"multiprocessing.managers"`. */
  readonly module: string;
  /** The name in it, such as `"Token"`. */
  readonly name: string;
  /** For hooks that write one. @param module Such as `"multiprocessing.managers"`. @param name Such as `"Token"`. */
  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
  /** Both, such as `"multiprocessing.managers.Token"`. */
  get qualifiedName(): string {
    return `${this.module}.${this.name}`;
  }
}

/** What a call of a global makes here, in place of what it would make in Python. */
export interface GlobalMeaning {
  /**
   * Makes the value, from what Python would call the class or function with. Must not do more than that with `args`: they come from the peer,
   * unchecked. What it throws becomes the cause of a `SerializationError`.
   */
  call(args: readonly unknown[]): unknown;
  /** Takes the state of an object that `call` made, as `__setstate__` does. Without: a state is refused. */
  build?(made: object, state: unknown): void;
  /** Whether `args` may hold a {@linkcode PythonGlobal}, as `RebuildProxy(AutoProxy, …)` does. Default `false`: refused. */
  takesGlobals?: boolean;
  /** Whether `call` copies its arguments. Then all such calls of a message together may copy at most twice as many bytes as the message has. Default `false`. */
  copies?: boolean;
}

/** Says what a global means; `undefined` when it has no meaning here, and the message is refused. */
export type FindGlobal = (module: string, name: string) => GlobalMeaning | undefined;

/** How an object is written that is not data: Python calls `global(*args)`, and hands the `state` to what that made. */
export interface PickleReduction {
  /** The class or function to call. */
  global: PythonGlobal;
  /** What it is called with. */
  args: readonly unknown[];
  /** Absent or `undefined`: none. */
  state?: unknown;
}

/** Says how an object is written that is no data; `undefined` when it cannot travel. */
export type ReduceObject = (object: object) => PickleReduction | undefined;
