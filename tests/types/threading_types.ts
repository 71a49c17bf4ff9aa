/** What TypeScript knows of a Thread, a Timer and of `/dummy`: checked by the compiler, never run. */
import type * as main from "@fenshen/multiprocessing";
import * as mp from "@fenshen/multiprocessing/dummy";
import * as threading from "@fenshen/multiprocessing/threading";
import { type Equal, type Expect, expectType } from "./expect.ts";

function greet(_name: string, _times: number): void {}
async function work(_queue: mp.Queue<number>): Promise<string> {
  return "done";
}

new threading.Thread();
new threading.Thread({ target: greet, args: ["bob", 2], name: "t", daemon: true });
new threading.Thread({ target: work, args: [new mp.Queue<number>()] });
new threading.Timer(10, greet, ["bob", 2]);
new threading.Timer(10, () => {});

// @ts-expect-error: a number is no name
new threading.Thread({ target: greet, args: [1, 2] });
// @ts-expect-error: an argument is missing
new threading.Thread({ target: greet, args: ["bob"] });
// @ts-expect-error: a thread has no folder of its own
new threading.Thread({ target: greet, args: ["bob", 2], cwd: "/" });
// @ts-expect-error: a number is no name
new threading.Timer(10, greet, [1, 2]);
// @ts-expect-error: an interval is a number
new threading.Timer("10", () => {});
// @ts-expect-error: a plain local takes no arguments
new threading.local(1);

expectType<Promise<void>>()(new threading.Thread().join({ timeout: 5 }));
expectType<threading.Thread[]>()(threading.enumerate());

class Account extends threading.local {
  declare balance: number;
}
expectType<number>()(new Account().balance);

export type Checks = [
  Expect<Equal<threading.Lock, main.Lock>>,
  Expect<Equal<mp.Queue<string>, main.Queue<string>>>,
];

new mp.Process({ target: greet, args: ["bob", 2] });
// @ts-expect-error: an argument is missing
new mp.Process({ target: greet, args: ["bob"] });
expectType<Promise<number[]>>()(new mp.Pool(1).map((x: number) => x, [1]));
