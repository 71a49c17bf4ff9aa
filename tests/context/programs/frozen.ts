/**
 * A program that is made into one file; it prints a line of JSON for each of its arguments: `method,runtime,whole` or `…,briefly`; the
 * runtime may be empty.
 * With `CARELESS` in its environment it starts children before it may, and wherever it runs.
 */
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import type { ListProxy } from "@fenshen/multiprocessing/managers";
import { cube } from "./frozen_module.ts";

const careless = process.env.CARELESS !== undefined;
if (careless && mp.isMain(import.meta)) await startNothing("too early");

mp.freezeSupport();

const rate = Number("3");
const triple = mp.task(import.meta, (x: number) => rate * x, "triple");

export function square(x: number): number {
  return x * x;
}

export function nothing(): void {}

/** Tells of the unit that it runs in. */
export async function fill(queue: mp.Queue<unknown>, lock: mp.Lock): Promise<void> {
  await lock.run(() => queue.put([process.pid, mp.currentProcess().name, mp.isMain(import.meta)]));
}

export async function append(list: ListProxy<number>, x: number): Promise<void> {
  await list.append(x);
}

/** Has a child of its own. */
export async function nest(queue: mp.Queue<unknown>, lock: mp.Lock): Promise<unknown> {
  const p = new mp.Process({ target: fill, args: [queue, lock], name: "filler" });
  await p.start();
  return [p.pid, await p.join()];
}

async function startNothing(when: string): Promise<void> {
  const p = new mp.Process({ target: nothing, name: when });
  try {
    await p.start();
    console.log(`${when}: ${await p.join()}`);
  } catch (error) {
    console.log(`${when}: ${mp.isMain(import.meta) ? error : (error as Error).name}`);
  }
}

async function use(ctx: mp.Context, briefly: boolean): Promise<unknown> {
  const [queue, lock] = [new ctx.Queue<[number, string, boolean]>(), new ctx.Lock()];
  const pool = new ctx.Pool(1);
  await pool.apply(fill, [queue, lock]);
  const [pid, , main] = await queue.get();
  const found = {
    other: pid !== process.pid,
    main,
    exported: await pool.map(square, [1, 2, 3]),
    task: await pool.map(triple, [1, 2, 3]),
    module: await pool.map(cube, [1, 2, 3]),
    source: await pool.map((x: number) => x + 1, [1, 2, 3]),
  };
  if (briefly) return await pool.terminate(), found;
  const [nestedPid, code] = await pool.apply(nest, [queue, lock]) as [number, number];
  const [fillerPid, name, nestedMain] = await queue.get();
  const manager = await ctx.Manager();
  const list = await manager.list<number>();
  await pool.apply(append, [list, 4]);
  const managed = await list.toArray();
  await manager.shutdown();
  await pool.terminate();
  return { ...found, nested: { same: fillerPid === nestedPid, name, main: nestedMain, code }, managed };
}

if (careless) {
  await startNothing("at once");
  await new Promise((resolve) => setTimeout(resolve, 1));
  await startNothing("later");
} else if (mp.isMain(import.meta)) {
  for (const argument of process.argv.slice(2)) {
    const [method, runtime, extent] = argument.split(",") as [mp.StartMethod, mp.RuntimeName | "", string];
    const ctx = mp.getContext(method, runtime === "" ? {} : { runtime });
    const result = await use(ctx, extent === "briefly").catch(String);
    console.log(JSON.stringify([argument, result]));
  }
}
