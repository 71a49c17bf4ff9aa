/**
 * A program with everything in use, or with a Pool alone where the stage is that Pool's: `tree.ts <start method> <stage> <way>`. Prints the pids of its
 * processes when it is at the stage, and dies, or waits to be killed. Children that are no daemons wait for its queue.
 */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";
import { holdThread } from "../../support/hold_thread.ts";

/** A daemon with a daemon of its own. */
export async function daemonWithDaemon(pids: mp.Queue<number>, lock: mp.Lock, levels: number): Promise<void> {
  if (levels > 0) {
    await new mp.Process({ target: daemonWithDaemon, args: [pids, lock, levels - 1], daemon: true }).start();
  }
  await lock.acquire({ timeout: 0 });
  await pids.put(process.pid);
  await new Promise(() => setInterval(() => {}, 60_000));
}

/** A child that is no daemon: it ends when what it waits for is gone. */
export async function waiter(pids: mp.Queue<number>, never: mp.Queue<number>): Promise<void> {
  await pids.put(process.pid);
  await never.get().catch((error: unknown) => {
    if (!(error instanceof mp.EOFError)) throw error;
  });
}

/** A task that tells its worker's pid and never ends. */
export async function endless(pids: mp.Queue<number>): Promise<void> {
  await pids.put(process.pid);
  await new Promise(() => setInterval(() => {}, 60_000));
}

/** A task that gives its event loop no more turns. */
export async function busy(pids: mp.Queue<number>): Promise<void> {
  await pids.put(process.pid);
  holdThread();
}

function die(way: string): void {
  if (way === "exit") process.exit(7);
  if (way === "uncaught") throw new Error("on purpose");
  if (way === "killItself") process.kill(process.pid, "SIGKILL");
}

if (mp.isMain(import.meta)) {
  const [method, stage, way] = process.argv.slice(2) as [mp.StartMethod, string, string];
  const ctx = mp.getContext(method);
  const [pids, never, lock] = [new ctx.Queue<number>(), new ctx.Queue<number>(), new ctx.Lock()];
  const pool = new ctx.Pool(1);
  const task = pool.applyAsync(stage === "busy" ? busy : endless, [pids]);
  // What becomes of the task is seen from outside.
  task.get().catch(() => {});
  const found: number[] = [];
  if (stage === "working" || stage === "booting") {
    const daemon = new ctx.Process({ target: daemonWithDaemon, args: [pids, lock, 1], daemon: true });
    const child = new ctx.Process({ target: waiter, args: [pids, never] });
    await Promise.all([daemon.start(), child.start()]);
    found.push(daemon.pid!, child.pid!);
  }
  // Of those two, the daemon's own, and the worker; or of the worker alone.
  const told = { booting: 0, working: 4 }[stage] ?? 1;
  for (let i = 0; i < told; i++) found.push(await pids.get());
  console.log(`at ${stage} ${[...new Set(found)].filter((pid) => pid !== process.pid).join(" ")}`);
  if (stage === "terminating") void pool.terminate();
  die(way);
  setInterval(() => {}, 60_000);
}
