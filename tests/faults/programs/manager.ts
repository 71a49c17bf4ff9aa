/**
 * A program with a manager at a path of its own: `manager.ts <start method> <stage> <way>`. Prints the pids of its processes when clients are at work, and dies, or
 * waits to be killed.
 */
import * as mp from "@fenshen/multiprocessing";
import type { DictProxy } from "@fenshen/multiprocessing/managers";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** A client that writes without pause, with a lock; it ends when the manager is gone. */
export async function write(pids: mp.Queue<number>, lock: mp.Lock, dict: DictProxy<string, number>): Promise<void> {
  await pids.put(process.pid);
  try {
    for (;;) await lock.run(() => dict.update((all) => void all.set("n", (all.get("n") ?? 0) + 1)));
  } catch (error) {
    if (!(error instanceof mp.BrokenPipeError)) throw error;
  }
}

function pidOf(): number {
  return process.pid;
}

if (mp.isMain(import.meta)) {
  const [method, stage, way] = process.argv.slice(2) as [mp.StartMethod, string, string];
  const ctx = mp.getContext(method);
  const manager = await ctx.Manager({ address: join(tmpdir(), "own") });
  const [pids, lock, dict] = [await manager.Queue<number>(), await manager.Lock(), await manager.dict<string, number>()];
  await new ctx.Process({ target: write, args: [pids, lock, dict], daemon: false }).start();
  const pool = await manager.Pool(1);
  const found = [await pids.get(), await pool.apply(pidOf), await dict.update(pidOf)];
  console.log(`at ${stage} ${[...new Set(found)].filter((pid) => pid !== process.pid).join(" ")}`);
  if (way === "exit") process.exit(7);
  if (way === "uncaught") throw new Error("on purpose");
  setInterval(() => {}, 60_000);
}
