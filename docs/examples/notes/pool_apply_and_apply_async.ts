/**
 * Both ways of giving a task to a pool, mixed: an awaited apply() holds up the caller, applyAsync() does not. So task 1 and 2 run side by side, and 3
 * and 4 begin when 2 is done.
 *
 * 混合使用两种提交方式：await apply() 会让调用者等待，applyAsync() 不会。
 * 因此任务 1 和 2 并行，任务 2 完成之后 3 和 4 才开始。
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";

export async function waited(number: number) {
  console.log(`task ${number} (apply) starts in process ${mp.currentProcess().pid}`);
  await sleep(50);
}

export async function notWaited(number: number) {
  console.log(`task ${number} (applyAsync) starts in process ${mp.currentProcess().pid}`);
  await sleep(80);
}

if (mp.isMain(import.meta)) {
  const pool = new mp.Pool(4);
  const begin = performance.now();
  pool.applyAsync(notWaited, [1]);
  await pool.apply(waited, [2]);
  pool.applyAsync(notWaited, [3]);
  await pool.apply(waited, [4]);
  pool.close();
  await pool.join();
  console.log(`it took ${((performance.now() - begin) / 1000).toFixed(2)} s`);
  console.log("the main process is done");
}
