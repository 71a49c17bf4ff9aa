/**
 * A child puts a value into a queue that it got as an argument; the parent takes it out.
 *
 * 子进程把一个值放进作为参数收到的队列，父进程再把它取出来。
 */
import * as mp from "@fenshen/multiprocessing";

export async function produce(queue: mp.Queue<unknown[]>) {
  await queue.put([42, null, "hello"]);
}

if (mp.isMain(import.meta)) {
  const queue = new mp.Queue<unknown[]>();
  const p = new mp.Process({ target: produce, args: [queue] });
  await p.start();
  console.log("parent got", JSON.stringify(await queue.get()));
  await p.join();
}
