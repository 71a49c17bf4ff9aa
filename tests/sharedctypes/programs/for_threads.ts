/** Values and Arrays of thread contexts, in a program that can map no memory. It is copied elsewhere, so it imports nothing of the tests. */
import * as mp from "@fenshen/multiprocessing";
import * as dummy from "@fenshen/multiprocessing/dummy";
import { synchronized } from "@fenshen/multiprocessing/sharedctypes";

/** Adds in every way, half of it with the lock that blocks. */
export async function work(value: mp.Value<"i">, row: mp.Array<"d">): Promise<void> {
  for (let i = 0; i < 500; i++) {
    await value.add(1);
    value.getLock().acquireSync();
    value.view[0] = value.view[0]! + 1;
    value.getLock().releaseSync();
    await value.getLock().run(async () => await value.set(await value.get() + 1));
  }
  await row.compareAndSwap(0, 1, 5);
  row.view[1] = 6;
}

/** Makes a value in a thread, and ends. */
export function make(): mp.Value<"i"> {
  return new (mp.getContext("thread").Value)("i", 7);
}

/** Starts a thread of its own. */
export async function nest(value: mp.Value<"i">, row: mp.Array<"d">): Promise<void> {
  const nested = new dummy.Process({ target: work, args: [value, row] });
  await nested.start();
  await nested.join();
}

if (mp.isMain(import.meta)) {
  const ctx = mp.getContext("thread");
  const [value, row] = [new ctx.Value("i"), new dummy.Array("d", [1, 2])];
  const children = [work, work, nest].map((target) => new ctx.Process({ target, args: [value, row] }));
  for (const child of children) await child.start();
  for (const child of children) await child.join();
  console.log(await value.get(), await row.toArray(), value.view.buffer instanceof SharedArrayBuffer);
  const pool = new ctx.Pool(1);
  const made = await pool.apply(make);
  pool.close();
  await pool.join();
  console.log(await made.get(), made.view.length);
  const raw = new ctx.Value("i", 3, { lock: false });
  const locked = synchronized(raw);
  console.log(locked.getLock().acquireSync(), await locked.add(1), raw.view[0]);
  try {
    void new mp.Value("i").view;
  } catch (error) {
    console.log((error as Error).name);
  }
}
