/**
 * Tests of types: they are compiled, not run. `deno check` compiles them against the sources, TypeScript under NodeNext against the npm package.
 *
 * ```ts ignore
 * type _ = Expect<Equal<typeof result, Promise<number>>>;
 * // @ts-expect-error a text is no number
 * pool.apply(square, ["2"]);
 * ```
 */

/** Whether two types are the same, `any` and optional or readonly members told apart. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** Compiles only for `true`. */
export type Expect<T extends true> = T;

/** Compiles only when `value` has exactly the type `T`: `expectType<number>()(await pool.apply(square, [2]))`. */
export function expectType<T>(): <V>(value: V, ...same: Equal<V, T> extends true ? [] : [wanted: T]) => void {
  return () => {};
}
