/** A program that is made into one file; it prints a line of JSON for each thing that it does. */
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import type { ListProxy } from "@fenshen/multiprocessing/managers";
import { cube } from "./frozen_module.ts";

mp.freezeSupport();

const rate = Number("3");
const triple = mp.task(import.meta, (x: number) => rate * x, "triple");

export function square(x: number): number {
  return x * x;
}

export async function fill(queue: mp.Queue<unknown>, lock: mp.Lock): Promise<void> {
  await lock.run(() => queue.put([process.pid, mp.currentProcess().name, mp.isMain(import.meta)]));
}

export async function append(list: ListProxy<number>, x: number): Promise<void> {
  await list.append(x);
}

/** Has a child of its own. */
export async function nested(x: number): Promise<number> {
  const pool = new mp.Pool(1);
  const result = await pool.apply(square, [x]);
  await pool.terminate();
  return result;
}

if (mp.isMain(import.meta)) {
  const method = process.argv[2] as mp.StartMethod;
  const ctx = mp.getContext(method, { runtime: process.argv[3] as mp.RuntimeName | undefined });
  const [queue, lock] = [new ctx.Queue<[number, string, boolean]>(), new ctx.Lock()];
  const p = new ctx.Process({ target: fill, args: [queue, lock], name: "filler" });
  await p.start();
  const [pid, name, main] = await queue.get();
  console.log(JSON.stringify({ here: pid === p.pid, other: pid !== process.pid, name, main, code: await p.join() }));
  const pool = new ctx.Pool(2);
  console.log(JSON.stringify({
    exported: await pool.map(square, [1, 2, 3]),
    task: await pool.map(triple, [1, 2, 3]),
    module: await pool.map(cube, [1, 2, 3]),
    source: await pool.map((x: number) => x + 1, [1, 2, 3]),
    nested: await pool.apply(nested, [5]),
  }));
  const manager = await ctx.Manager();
  const list = await manager.list<number>();
  await pool.apply(append, [list, 4]);
  console.log(JSON.stringify({ managed: await list.toArray() }));
  await manager.shutdown();
  await pool.terminate();
}
