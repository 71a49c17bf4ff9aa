/** What TypeScript infers through the methods of a Pool. */
import * as mp from "@fenshen/multiprocessing";
import { expectType } from "./expect.ts";

declare const pool: mp.Pool;
declare function square(x: number): number;
declare function later(x: number, text?: string): Promise<string>;
declare function nothing(): void;
declare function identity<T>(value: T): T;
declare function join(...parts: string[]): string;
declare const asynchronous: AsyncIterable<number>;

// apply: arguments from the function's parameters, the result awaited.
expectType<Promise<number>>()(pool.apply(square, [2]));
expectType<Promise<string>>()(pool.apply(later, [2]));
expectType<Promise<string>>()(pool.apply(later, [2, "x"], { timeout: 10, signal: AbortSignal.abort() }));
expectType<Promise<void>>()(pool.apply(nothing));
expectType<Promise<void>>()(pool.apply(nothing, []));
expectType<Promise<string>>()(pool.apply(join, ["a", "b", "c"]));
expectType<Promise<number>>()(pool.apply(() => 1));
expectType<Promise<number>>()(pool.apply((x: number, y: number) => x + y, [1, 2]));
pool.apply(identity, [2]);
// @ts-expect-error a text is no number
pool.apply(square, ["2"]);
// @ts-expect-error an argument is missing
pool.apply(square);
// @ts-expect-error an argument is missing
pool.apply(square, []);
// @ts-expect-error one argument too many
pool.apply(square, [1, 2]);
// @ts-expect-error not a function
pool.apply(5);
// @ts-expect-error apply has no callbacks
pool.apply(nothing, [], { callback: () => {} });

expectType<mp.AsyncResult<number>>()(pool.applyAsync(square, [2]));
expectType<mp.AsyncResult<string>>()(
  pool.applyAsync(later, [2], { callback: (text) => expectType<string>()(text), errorCallback: console.error }),
);
expectType<Promise<number>>()(pool.applyAsync(square, [2]).get({ timeout: 5 }));
// @ts-expect-error a text is no number
pool.applyAsync(square, ["2"]);
// @ts-expect-error the callback takes another type
pool.applyAsync(square, [2], { callback: (text: string) => text });

// map: the item from the function's parameter, or the parameter from the items.
expectType<Promise<number[]>>()(pool.map(square, [1, 2]));
expectType<Promise<number[]>>()(pool.map(square, new Set([1]), { chunksize: 2, onProgress: (done, total) => void (done + total) }));
expectType<Promise<number[]>>()(pool.map(square, asynchronous));
expectType<Promise<string[]>>()(pool.map(later, [1, 2]));
expectType<Promise<number[]>>()(pool.map((x) => x * 2, [1, 2]));
expectType<Promise<string[]>>()(pool.map(async (x) => x.name, [{ name: "a" }]));
expectType<mp.MapResult<number>>()(pool.mapAsync(square, [1], { callback: (all) => expectType<number[]>()(all) }));
expectType<Promise<number[]>>()(pool.mapAsync(square, [1]).get());
// @ts-expect-error texts are no numbers
pool.map(square, ["1", "2"]);
// @ts-expect-error not iterable
pool.map(square, 5);
// @ts-expect-error map gives one argument
pool.map((a: number, b: number) => a + b, [1, 2]);

// starmap: items are arguments.
expectType<Promise<string[]>>()(pool.starmap(later, [[1, "x"], [2]]));
expectType<Promise<number[]>>()(pool.starmap((a: number, b: string) => a + b.length, [[1, "x"]]));
expectType<mp.MapResult<string>>()(pool.starmapAsync(join, [["a"], ["b", "c"]]));
// @ts-expect-error the second argument is a text
pool.starmap(later, [[1, 2]]);
// @ts-expect-error items are no arguments
pool.starmap(square, [1, 2]);

// imap.
expectType<mp.IMapIterator<number>>()(pool.imap(square, asynchronous, { chunksize: 2, buffersize: 8 }));
expectType<mp.IMapIterator<string>>()(pool.imapUnordered(later, [1]));
expectType<Promise<IteratorResult<number, undefined>>>()(pool.imap(square, [1]).next({ timeout: 10 }));
export async function sum(): Promise<number> {
  let total = 0;
  for await (const x of pool.imap(square, [1])) total += x;
  return total;
}
// @ts-expect-error texts are no numbers
pool.imap(square, ["a"]);

// What every call may be told, and what its task knows.
const limits = {
  timeout: 10,
  signal: AbortSignal.abort(),
  grace: 5,
  retries: 2,
  onReport: (value: unknown, index: number) => void [value, index],
};
pool.apply(square, [1], limits);
pool.applyAsync(square, [1], { ...limits, onReport: async (value) => void value });
pool.map(square, [1], { ...limits, onProgress: async () => {} });
pool.imapUnordered(square, [1], limits);
expectType<mp.CurrentTask | null>()(mp.currentTask());
// @ts-expect-error outside of a task there is none
mp.currentTask().report(1);

// The constructor.
new mp.Pool();
new mp.Pool(4);
new mp.Pool({ processes: 4, initializer: square, initargs: [1], maxTasksPerChild: 3, name: "w" });
// @ts-expect-error a number of workers is a number
new mp.Pool("4");
// @ts-expect-error no such option
new mp.Pool({ threads: 4 });

// Tuples that are readonly, such as those of `as const`, are arguments like any other.
declare function add(a: number, b: number): number;
declare const pairs: readonly (readonly [number, number])[];
expectType<Promise<number>>()(pool.apply(add, [1, 2] as const));
expectType<mp.AsyncResult<number>>()(pool.applyAsync(add, pairs[0]!));
expectType<Promise<number[]>>()(pool.starmap(add, pairs));
expectType<mp.MapResult<number>>()(pool.starmapAsync(add, pairs));
// @ts-expect-error texts are no numbers
pool.starmap(add, [["1", "2"]] as const);
