/**
 * The same tasks given to one pool twice. apply() is awaited each time, so there is never more than one at work; applyAsync() hands all of them in
 * at once, and the results are collected afterwards, in the order of the calls.
 *
 * 同样的任务交给进程池两次。每次都等待 apply()，同一时刻只有一个任务在运行；
 * applyAsync() 一次全部交出，之后再按调用的顺序收集结果。
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";

export async function work(running: mp.Semaphore, number: number) {
  await running.acquire();
  const free = await running.getValue();
  await sleep(5);
  await running.release();
  return { number, alone: free === 3 };
}

if (mp.isMain(import.meta)) {
  const pool = new mp.Pool(4);
  const running = new mp.Semaphore(4);
  const numbers = [1, 2, 3, 4, 5, 6];
  for (const number of numbers) {
    const done = await pool.apply(work, [running, number]);
    console.log(`sync ${done.number}, alone: ${done.alone}`);
  }
  const results = numbers.map((number) => pool.applyAsync(work, [running, number]));
  console.log("all are submitted");
  for (const result of results) console.log(`async ${(await result.get()).number}`);
  pool.close();
  await pool.join();
  console.log(`at work now: ${4 - await running.getValue()}`);
}
