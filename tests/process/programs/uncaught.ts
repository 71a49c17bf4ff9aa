/** An uncaught error is printed once, with the child's name. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export function fail(): void {
  throw new TypeError("broken on purpose");
}

if (mp.isMain(import.meta)) {
  const ctx = mp.getContext(process.argv[2] as mp.StartMethod);
  const p = new ctx.Process({ target: fail, name: "the-child" });
  await p.start();
  console.log(`joined ${await p.join()}`);
}
