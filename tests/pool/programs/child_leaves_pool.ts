/** A child ends while its pool is idle, or has accepted a task: the task finishes, then the pool ends with the child. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";
import { square } from "../fixtures/tasks.ts";

export async function finishLater(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 200));
  console.log("finished");
}

export async function leave(busy: boolean): Promise<void> {
  const pool = new mp.Pool(1);
  console.log(await pool.apply(square, [3]));
  if (busy) pool.applyAsync(finishLater);
}

if (mp.isMain(import.meta)) {
  const context = mp.getContext(process.argv[2] as mp.StartMethod);
  for (const busy of [false, true]) {
    const child = new context.Process({ target: leave, args: [busy] });
    await child.start();
    console.log(`joined ${await child.join()}`);
  }
}
