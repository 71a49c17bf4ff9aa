/** What TypeScript knows of a Process: checked by the compiler, never run. */
import * as mp from "@fenshen/multiprocessing";

function greet(_name: string, _times: number): void {}
async function work(_queue: mp.Queue<number>): Promise<string> {
  return "done";
}

new mp.Process({ target: greet, args: ["bob", 2] });
new mp.Process({ target: work, args: [new mp.Queue<number>()] });
new mp.Process({ target: () => {} });
new mp.Process({ target: (..._all: number[]) => {}, args: [1, 2, 3] });

// @ts-expect-error: a number is no name
new mp.Process({ target: greet, args: [1, 2] });
// @ts-expect-error: a queue of texts is no queue of numbers
new mp.Process({ target: work, args: [new mp.Queue<string>()] });
// @ts-expect-error: too many arguments
new mp.Process({ target: greet, args: ["bob", 2, 3] });
// @ts-expect-error: an argument is missing
new mp.Process({ target: greet, args: ["bob"] });

// Arguments may be readonly.
new mp.Process({ target: greet, args: ["bob", 2] as const });
// @ts-expect-error a number is no text
new mp.Process({ target: greet, args: [1, 2] as const });
