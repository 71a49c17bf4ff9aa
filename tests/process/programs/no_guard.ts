/** No main guard: the child that imports this module to find `work` must not start another one. */
import * as mp from "@fenshen/multiprocessing";

export function work(): void {
  console.log("the target ran");
}

const p = new mp.Process({ target: work });
await p.start();
console.log(`joined ${await p.join()}`);
