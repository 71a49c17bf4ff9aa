/** Starts a child, or makes a shared object, and prints what is in the way. */
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";

export function nothing(): void {}

if (mp.isMain(import.meta)) {
  const what = process.argv[2] as mp.StartMethod | "lock" | "queue";
  try {
    if (what === "lock") await new mp.Lock().acquire();
    else if (what === "queue") await new mp.Queue().put(1);
    else {
      const p = new (mp.getContext(what).Process)({ target: nothing });
      await p.start();
      await p.join();
    }
    console.log("fine");
  } catch (error) {
    console.log(`${(error as Error).name}: ${(error as Error).message}`);
  }
}
