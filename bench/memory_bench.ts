/**
 * What shared memory costs: nanoseconds for each step of a `Value`, in memory and in the object server, alone and while another process does the same.
 * Run it with a runtime: `deno run -A bench/memory_bench.ts`. (CPython 3.11: 131 ns for a lock and its release.)
 *
 * @module
 */
import * as mp from "../mod.ts";
import { RawValue } from "../sharedctypes.ts";

const IN_MEMORY = 300_000;
const BY_MESSAGE = 3000;

/** Does everything that is measured; prints it if asked to. */
export async function measure(
  value: mp.Value<"i">,
  raw: RawValue<"d">,
  served: mp.Value<"i">,
  isShown: boolean,
  start: mp.Barrier,
): Promise<void> {
  const lock = value.getLock();
  const rows: [name: string, times: number, step: (times: number) => unknown][] = [
    ["Atomics.add(value.view)", IN_MEMORY, (times) => {
      for (let i = 0; i < times; i++) Atomics.add(value.view, 0, 1);
    }],
    ["lock.acquireSync(), releaseSync()", IN_MEMORY, (times) => {
      for (let i = 0; i < times; i++) {
        lock.acquireSync();
        lock.releaseSync();
      }
    }],
    ["await value.add(1)", IN_MEMORY, async (times) => {
      for (let i = 0; i < times; i++) await value.add(1);
    }],
    ["await value.get()", IN_MEMORY, async (times) => {
      for (let i = 0; i < times; i++) await value.get();
    }],
    ["await raw.add(0.5), by the bits", IN_MEMORY, async (times) => {
      for (let i = 0; i < times; i++) await raw.add(0.5);
    }],
    ["await lock.acquire(), release()", BY_MESSAGE, async (times) => {
      for (let i = 0; i < times; i++) {
        await lock.acquire();
        await lock.release();
      }
    }],
    ["await served.add(1)", BY_MESSAGE, async (times) => {
      for (let i = 0; i < times; i++) await served.add(1);
    }],
  ];
  for (const [name, times, step] of rows) {
    await start.wait();
    await step(times / 10);
    const begin = performance.now();
    await step(times);
    const nanoseconds = (performance.now() - begin) / times * 1e6;
    if (isShown) console.log(`  ${name.padEnd(36)} ${nanoseconds.toFixed(0).padStart(8)} ns`);
  }
}

if (mp.isMain(import.meta)) {
  for (const units of [1, 2]) {
    console.log(units === 1 ? "one process alone" : "two processes at the same value");
    const [value, raw, served] = [new mp.Value("i"), new RawValue("d"), new mp.Value("i", 0, { lock: new mp.RLock() })];
    const start = new mp.Barrier(units);
    const children = Array.from({ length: units - 1 }, () => new mp.Process({ target: measure, args: [value, raw, served, false, start] }));
    for (const child of children) await child.start();
    await measure(value, raw, served, true, start);
    for (const child of children) await child.join();
  }
}
