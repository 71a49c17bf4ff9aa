/**
 * map() deals ten numbers out in chunks of two. A chunk is one piece of work: the same worker does its items one after the other. The results come
 * in the order of the input, whoever was faster.
 *
 * map() 把十个数字按每块两个分发。一块就是一份工作：同一个工作进程依次处理其中的元素。
 * 无论谁先完成，结果都按输入的顺序返回。
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";

export async function square(x: number): Promise<number> {
  const pause = 10 + Math.floor(Math.random() * 30);
  await sleep(pause);
  console.log(`${x} squared in process ${mp.currentProcess().pid}, after ${pause} ms`);
  return x * x;
}

if (mp.isMain(import.meta)) {
  const pool = new mp.Pool(4);
  const begin = performance.now();
  const results = await pool.map(square, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { chunksize: 2 });
  pool.close();
  await pool.join();
  console.log(results.join(" "));
  console.log(`it took ${((performance.now() - begin) / 1000).toFixed(2)} s`);
  console.log("the main process is done");
}
