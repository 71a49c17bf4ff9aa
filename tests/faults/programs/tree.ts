/**
 * A program with everything in use: `tree.ts <start method> <stage> <way>`. Prints the pids of its processes when it is at the stage, and dies, or waits to be
 * killed. Children that are no daemons wait for its queue.
 */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

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

/** A task that computes without pause. */
export async function busy(pids: mp.Queue<number>): Promise<void> {
  await pids.put(process.pid);
  for (;;);
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
  const daemon = new ctx.Process({ target: daemonWithDaemon, args: [pids, lock, 1], daemon: true });
  const child = new ctx.Process({ target: waiter, args: [pids, never] });
  const pool = new ctx.Pool(1);
  const starting = [daemon.start(), child.start()];
  const task = pool.applyAsync(stage === "busy" ? busy : endless, [pids]);
  // What becomes of the task is seen from outside.
  task.get().catch(() => {});
  await Promise.all(starting);
  const found: number[] = [daemon.pid!, child.pid!];
  if (stage !== "booting") { for (let i = 0; i < 4; i++) found.push(await pids.get()); }
  console.log(`at ${stage} ${[...new Set(found)].filter((pid) => pid !== process.pid).join(" ")}`);
  if (stage === "terminating") void pool.terminate();
  die(way);
  setInterval(() => {}, 60_000);
}
