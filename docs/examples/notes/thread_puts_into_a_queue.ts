/**
 * A thread puts a list into a queue and the main thread takes it out. In Python the thread finds the queue in a global variable; a thread here has
 * globals of its own, so the queue is handed over as an argument, just as to a process.
 *
 * 线程往队列里放入一个列表，主线程取出来。Python 的线程直接使用全局变量里的队列；
 * 这里每个线程的全局变量是自己的，所以队列要作为参数传入，和进程一样。
 */
import { isMain } from "@fenshen/multiprocessing";
import { Queue } from "@fenshen/multiprocessing/queue";
import { Thread } from "@fenshen/multiprocessing/threading";

export async function fill(queue: Queue<unknown>) {
  await queue.put([42, null, "hello"]);
}

if (isMain(import.meta)) {
  const queue = new Queue<unknown>();
  const thread = new Thread({ target: fill, args: [queue] });
  await thread.start();
  console.log(JSON.stringify(await queue.get()));
  await thread.join();
}
