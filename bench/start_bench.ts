/**
 * How long it takes from `start()` to the first line of the target, by start method. Run with any runtime: `deno run -A bench/start_bench.ts [starts]`
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";

const starts = Number(process.argv[2] ?? 11);
const clock = () => performance.timeOrigin + performance.now();

/** Says when its first line ran. */
export async function sayWhen(writer: mp.Connection): Promise<void> {
  await writer.send(performance.timeOrigin + performance.now());
}

async function measure(method: mp.StartMethod): Promise<number> {
  const { Process } = mp.getContext(method);
  const times: number[] = [];
  for (let i = 0; i <= starts; i++) {
    const [reader, writer] = mp.Pipe(false);
    const child = new Process({ target: sayWhen, args: [writer] });
    const began = clock();
    await child.start();
    times.push(await reader.recv() as number - began);
    await child.join();
    reader.close();
    // A program that starts its children one right after the other meets children that are not warm yet.
    if (method === "forkserver") await sleep(1500);
  }
  // The first has nothing warm.
  return times.slice(1).sort((a, b) => a - b)[starts >> 1]!;
}

if (mp.isMain(import.meta)) {
  const spawn = await measure("spawn");
  for (const method of mp.getAllStartMethods()) {
    const time = method === "spawn" ? spawn : await measure(method);
    console.log(`${method.padEnd(10)} ${time.toFixed(1).padStart(7)} ms, median of ${starts}  ${(spawn / time).toFixed(1).padStart(5)} x`);
  }
}
