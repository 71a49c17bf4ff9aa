/** A child ends while its pool is idle, or busy: the pool ends with it. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";
import { square } from "../fixtures/tasks.ts";

export async function leave(busy: boolean): Promise<void> {
  const pool = new mp.Pool(2);
  console.log(await pool.apply(square, [3]));
  if (busy) pool.applyAsync(() => new Promise(() => {})).markSeen();
}

if (mp.isMain(import.meta)) {
  const context = mp.getContext(process.argv[2] as mp.StartMethodName);
  for (const busy of [false, true]) {
    const child = new context.Process({ target: leave, args: [busy] });
    await child.start();
    console.log(`joined ${await child.join()}`);
  }
}
