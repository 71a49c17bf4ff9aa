/**
 * Ten tasks on five workers. Each result goes to a callback, which runs in the parent: there one database connection or one log file is enough
 * for the results of all workers. Results arrive in any order.
 *
 * 十个任务由五个工作进程完成。每个结果都交给回调函数，而回调在父进程中运行：
 * 因此所有工作进程的结果只需要一个数据库连接或一个日志文件。结果到达的顺序没有保证。
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";

export async function add100(i: number): Promise<number> {
  await sleep(50);
  console.log(`in process ${mp.currentProcess().pid}`);
  return i + 100;
}

function report(result: number) {
  console.log(`--> done: ${result} in ${mp.currentProcess().pid}`);
}

if (mp.isMain(import.meta)) {
  const pool = new mp.Pool(5);
  console.log(`main process ${mp.currentProcess().pid}`);
  for (let i = 0; i < 10; i++) pool.applyAsync(add100, [i], { callback: report });
  console.log("all tasks are submitted");
  pool.close();
  await pool.join();
  console.log("the pool has ended");
}
