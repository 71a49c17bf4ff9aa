/** Says what the library logs about a child and its child, a daemon and a pool. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export async function nest(): Promise<void> {
  mp.getLogger().warning(`level ${mp.getLogger().level}`);
  const child = new mp.Process({ target: nothing, name: "grandchild" });
  await child.start();
}

export function nothing(): void {}

export async function idle(ready: mp.Event): Promise<void> {
  await ready.set();
  await new Promise(() => setInterval(() => {}, 1000));
}

if (mp.isMain(import.meta)) {
  const [method, level] = process.argv.slice(2) as [mp.StartMethod, mp.LogLevel];
  const ctx = mp.getContext(method);
  ctx.logToStderr(level);
  const child = new ctx.Process({ target: nest, name: "child" });
  await child.start();
  await child.join();
  const pool = new ctx.Pool({ processes: 1, name: "worker" });
  await pool.apply(nothing);
  pool.close();
  await pool.join();
  const ready = new ctx.Event();
  await new ctx.Process({ target: idle, args: [ready], name: "daemon", daemon: true }).start();
  await ready.wait();
}
