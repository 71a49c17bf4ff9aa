/** What TypeScript knows of Value and Array: checked by the compiler, never run. */
import * as mp from "@fenshen/multiprocessing";
import { expectType } from "./expect.ts";

expectType<Promise<number>>()(new mp.Value("i", 5).get());
expectType<Promise<bigint>>()(new mp.Value("q", 5).add(1n));
expectType<Promise<string>>()(new mp.Value("u", "a").get());
expectType<Promise<number[]>>()(new mp.Array("d", 3).slice(1));
expectType<Promise<Uint8Array>>()(new mp.Array("c", 3).toArray());
expectType<Promise<string>>()(new mp.Array("u", "abc").slice());
expectType<Promise<bigint>>()(new mp.Array("Q", [1]).get(0));

// @ts-expect-error: no such typecode
new mp.Value("z");
// @ts-expect-error: a text is no integer
new mp.Value("i", "5");
// @ts-expect-error: a bigint is no floating point number
new mp.Value("d", 5n);
// @ts-expect-error: characters cannot be added to
void new mp.Value("u").add("a");
// @ts-expect-error: the view may be absent, but never a number
expectType<number>()(new mp.Value("i").view);
