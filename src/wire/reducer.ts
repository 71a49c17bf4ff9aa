/** Classes that users teach to travel. @module */
import { carriedPrototypes } from "./builtin.ts";

/** How instances of one class travel. */
export interface Reducer<T, S> {
  /** The state that travels: any value that can. */
  reduce(instance: T): S;
  /** Makes an instance from the state that arrived. */
  revive(state: S): T;
}

/** A reducer whose own types are forgotten, with its class. */
export interface AnyReducer {
  /** The class. */
  cls: abstract new (...args: never[]) => object;
  /** Its two directions. */
  how: Reducer<object, unknown>;
}

const byPrototype = new Map<object, AnyReducer>();

/** Like Python's `copyreg`: teaches classes to travel. */
export const reducer: {
  /**
   * Makes the instances of a class travel: `reduce` turns one into a value that can, `revive` makes one from that value.
   *
   * - The class itself travels as a reference to it, so it must be importable on the other side; register it in its own module.
   * - Only direct instances: a subclass needs a registration of its own.
   * - One instance that is in a value twice arrives as one instance. Its state may not refer back to it.
   * - A second registration of a class replaces the first.
   *
   * *Differs from Python*: instances of an unregistered class are refused, nothing is guessed from their attributes.
   *
   * @param cls The class.
   * @param how Its two directions.
   * @throws {TypeError} when `cls` is not a class, `how` lacks a direction, or the class is one that travels by itself (`Map`, `Date`).
   *
   * @example
   * ```ts
   * import { reducer } from "@fenshen/multiprocessing";
   *
   * class Point {
   *   readonly x: number;
   *   readonly y: number;
   *   constructor(x: number, y: number) {
   *     this.x = x;
   *     this.y = y;
   *   }
   * }
   * reducer.register(Point, { reduce: (p) => [p.x, p.y], revive: ([x, y]) => new Point(x, y) });
   * ```
   */
  register<T, const S>(cls: new (...args: never[]) => T, how: Reducer<T, S>): void;
} = {
  register(cls, how) {
    if (typeof cls !== "function" || typeof cls.prototype !== "object" || cls.prototype === null) {
      throw new TypeError(`Cannot register a reducer: the first argument must be a class, received ${String(cls)}`);
    }
    if (typeof how?.reduce !== "function" || typeof how?.revive !== "function") {
      throw new TypeError(`Cannot register a reducer for ${cls.name}: it needs the functions reduce and revive`);
    }
    if (carriedPrototypes.has(cls.prototype)) throw new TypeError(`Cannot register a reducer for ${cls.name}: it travels by itself`);
    byPrototype.set(cls.prototype, { cls, how } as unknown as AnyReducer);
  },
};

/** The reducer of exactly that class, given by its prototype. */
export function reducerOf(prototype: object): AnyReducer | undefined {
  return byPrototype.get(prototype);
}
