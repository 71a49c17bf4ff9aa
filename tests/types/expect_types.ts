/** The type tests' own tests: they can fail. */
import { type Equal, type Expect, expectType } from "./expect.ts";

export type Same = Expect<Equal<Promise<number[]>, Promise<number[]>>>;
// @ts-expect-error a number is not a text
export type Different = Expect<Equal<number, string>>;
// @ts-expect-error any is not a number
// deno-lint-ignore no-explicit-any
export type AnyIsTold = Expect<Equal<any, number>>;
// @ts-expect-error an optional member is not a member that may be undefined
export type OptionalIsTold = Expect<Equal<{ a?: number }, { a: number | undefined }>>;

expectType<number>()(1 as number);
// @ts-expect-error 1 is a number
expectType<string>()(1 as number);
