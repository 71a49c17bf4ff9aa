/** A map that never ends; prints the pids of its workers. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export function forever(_item: number): Promise<never> {
  mp.currentTask()!.report(process.pid);
  setInterval(() => {}, 60_000);
  return new Promise(() => {});
}

if (mp.isMain(import.meta)) {
  const pids: unknown[] = [];
  const onReport = (pid: unknown) => {
    if (pids.push(pid) === 2) console.log(`busy ${pids.join(" ")}`);
  };
  await new mp.Pool(2).map(forever, [1, 2, 3], { chunksize: 1, onReport });
}
