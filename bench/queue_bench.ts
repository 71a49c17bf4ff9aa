/**
 * Queue items a second, and the round trip of a lock, through the object server's thread. Run with any runtime:
 * `deno run -A bench/queue_bench.ts [items]`
 */
import assert from "node:assert/strict";
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";

const items = Number(process.argv[2] ?? 100_000);
const calls = 5_000;

async function measure(what: string, unit: string, count: number, run: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await run();
  const ms = performance.now() - start;
  const rate = unit === "items/s" ? Math.round(count / ms * 1000).toLocaleString("en") : (ms * 1000 / count).toFixed(1);
  console.log(`${what.padEnd(44)} ${rate.padStart(12)} ${unit}`);
}

/** Puts all at once, gets all at once. */
async function stream(queue: mp.Queue<number>): Promise<void> {
  const puts: Promise<void>[] = [];
  const gets: Promise<number>[] = [];
  for (let i = 0; i < items; i++) puts.push(queue.put(i));
  for (let i = 0; i < items; i++) gets.push(queue.get());
  await Promise.all(puts);
  const values = await Promise.all(gets);
  for (let i = 0; i < items; i++) assert.equal(values[i], i);
}

if (mp.isMain(import.meta)) {
  const queue = new mp.Queue<number>();
  const lock = new mp.Lock();
  await queue.put(0);
  await queue.get();
  await stream(queue);
  await measure("queue, all puts and gets under way", "items/s", items, () => stream(queue));
  await measure("queue, awaited put and get", "µs a pair", calls, async () => {
    for (let i = 0; i < calls; i++) {
      await queue.put(i);
      assert.equal(await queue.get(), i);
    }
  });
  await measure("lock, awaited acquire and release", "µs a pair", calls, async () => {
    for (let i = 0; i < calls; i++) {
      await lock.acquire();
      await lock.release();
    }
  });
}
