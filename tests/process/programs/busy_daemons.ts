/** Daemons that use a lock of their parent all the time; ended from outside. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export async function count(lock: mp.Lock, value: mp.Value<"i">): Promise<void> {
  for (;;) await lock.run(() => value.add(1));
}

if (mp.isMain(import.meta)) {
  const ctx = mp.getContext(process.argv[2] as mp.StartMethod);
  const lock = new ctx.Lock();
  const values = [0, 0].map(() => new ctx.Value("i", 0));
  for (const value of values) await new ctx.Process({ target: count, args: [lock, value], daemon: true }).start();
  while ((await Promise.all(values.map((value) => value.get()))).some((n) => n < 20)) await lock.run(() => {});
  console.log("busy");
  for (;;) await lock.run(() => values[0]!.get());
}
