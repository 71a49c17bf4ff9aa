/** A guarded program that does its work. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export async function double(queue: mp.Queue<number>, x: number): Promise<void> {
  await queue.put(x * 2);
}

if (mp.isMain(import.meta)) {
  const ctx = mp.getContext(process.argv[2] as mp.StartMethod);
  const queue = new ctx.Queue<number>();
  const p = new ctx.Process({ target: double, args: [queue, 21] });
  await p.start();
  console.log(`got ${await queue.get()}`);
  console.log(`joined ${await p.join()}`);
}
