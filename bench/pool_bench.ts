/**
 * The cost of a Pool: one call after the other, many calls at a time, and many items. `pool_bench.ts [spawn|thread] [processes]`.
 */
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";

export const square = (x: number): number => x * x;

const CALLS = 3000;
const BATCH = 20_000;
const ITEMS = 200_000;

async function perSecond(name: string, count: number, run: () => Promise<unknown>): Promise<void> {
  await run();
  const begin = performance.now();
  await run();
  const ms = performance.now() - begin;
  console.log(
    `${name.padEnd(34)} ${(ms * 1000 / count).toFixed(2).padStart(9)} µs each ${Math.round(count / ms * 1000).toString().padStart(9)} /s`,
  );
}

async function drain(results: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of results);
}

if (mp.isMain(import.meta)) {
  const methods = process.argv[2] ? [process.argv[2] as mp.StartMethod] : mp.getAllStartMethods();
  for (const method of methods) {
    const begin = performance.now();
    const pool = new (mp.getContext(method).Pool)(Number(process.argv[3] ?? 2));
    await pool.apply(square, [1]);
    console.log(`\n${method}, ${pool.size} workers; first result after ${(performance.now() - begin).toFixed(0)} ms`);
    const items = Array.from({ length: ITEMS }, (_, i) => i);
    await perSecond("apply, one after the other", CALLS, async () => {
      for (let i = 0; i < CALLS; i++) await pool.apply(square, [i]);
    });
    await perSecond("apply, all at once", BATCH, () => Promise.all(items.slice(0, BATCH).map((i) => pool.apply(square, [i]))));
    await perSecond("map, default chunks", ITEMS, () => pool.map(square, items));
    await perSecond("map, chunks of 1", BATCH, () => pool.map(square, items.slice(0, BATCH), { chunksize: 1 }));
    await perSecond("imap, chunks of 1", BATCH, () => drain(pool.imap(square, items.slice(0, BATCH))));
    await perSecond("imap, chunks of 100", BATCH, () => drain(pool.imap(square, items.slice(0, BATCH), { chunksize: 100 })));
    pool.close();
    await pool.join();
  }
}
