/** Values and Arrays of thread contexts, which are the same whether this program can map memory or not. It is copied elsewhere, so it imports nothing of the tests. */
import * as mp from "@fenshen/multiprocessing";
import * as dummy from "@fenshen/multiprocessing/dummy";
import { copy, synchronized } from "@fenshen/multiprocessing/sharedctypes";

/** Adds in every way, half of it with the lock that blocks. */
export async function work(value: mp.Value<"i">, row: mp.Array<"d">): Promise<void> {
  for (let i = 0; i < 100; i++) {
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

/** Changes memory without a lock, and returns it. */
export async function changeRaw(value: dummy.RawValue<"i">, row: dummy.RawArray<"d">): Promise<[boolean, dummy.RawValue<"i">]> {
  Atomics.add(value.view, 0, 2);
  await row.add(0, 1);
  return [value instanceof mp.RawValue && row instanceof mp.RawArray, value];
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
  const [rawValue, rawRow] = [new ctx.RawValue("i", 1), new dummy.RawArray("d", [1, 3])];
  const copies = [await copy(rawValue), await copy(rawRow)] as const;
  const [isRaw, back] = await pool.apply(changeRaw, [rawValue, rawRow]);
  pool.close();
  await pool.join();
  console.log(await made.get(), made.view.length, made.view.buffer instanceof SharedArrayBuffer);
  const raw = new ctx.Value("i", 3, { lock: false });
  const locked = synchronized(raw);
  console.log(locked.getLock().acquireSync(), await locked.add(1), raw.view[0], locked.view.buffer === raw.view.buffer);
  console.log(await back.get(), await rawRow.toArray(), isRaw, rawRow.view.buffer instanceof SharedArrayBuffer);
  const areShared = copies.every(({ view }) => view.buffer instanceof SharedArrayBuffer);
  console.log(await copies[0].get(), await copies[1].toArray(), areShared, copies[0] instanceof dummy.RawValue);
  try {
    void new mp.Value("i").view;
    console.log("mapped");
  } catch (error) {
    console.log((error as Error).name);
  }
}
