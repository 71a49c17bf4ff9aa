/**
 * An awaited apply() waits for its result, so ten of them run one after the other, although the pool has five workers.
 *
 * await apply() 会等到结果返回，所以十次调用依次执行，即使进程池里有五个工作进程。
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";

export async function add100(i: number): Promise<number> {
  await sleep(20);
  console.log(i + 100);
  return i + 100;
}

if (mp.isMain(import.meta)) {
  const pool = new mp.Pool(5);
  for (let i = 0; i < 10; i++) await pool.apply(add100, [i]);
  console.log("end");
  pool.close();
  await pool.join();
}
