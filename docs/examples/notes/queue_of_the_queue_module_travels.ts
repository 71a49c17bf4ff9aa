/**
 * In Python a queue for threads cannot be given to a process ("can't pickle thread.lock objects"). Here there is one kind of queue, under both names,
 * and it travels. What cannot travel at all is refused where it is passed, before a child runs.
 *
 * 在 Python 中，线程队列不能传给进程（无法序列化线程锁）。这里两个名字指的是同一种队列，都可以传递。
 * 真正无法传递的值，会在传递的地方立即被拒绝，子进程根本不会运行。
 */
import * as mp from "@fenshen/multiprocessing";
import { Queue } from "@fenshen/multiprocessing/queue";

export async function produce(queue: Queue<unknown[]>) {
  await queue.put([42, null, "hello"]);
}

export function consume(notes: WeakMap<object, string>) {
  console.log("never reached with", notes);
}

if (mp.isMain(import.meta)) {
  const queue = new Queue<unknown[]>();
  console.log(`a queue of the module too: ${queue instanceof mp.Queue}`);
  const p = new mp.Process({ target: produce, args: [queue] });
  await p.start();
  console.log("parent got", JSON.stringify(await queue.get()));
  await p.join();

  const refused = new mp.Process({ target: consume, args: [new WeakMap<object, string>()] });
  await refused.start().catch((error: unknown) => {
    console.log(`a WeakMap is refused: ${error instanceof mp.SerializationError}`);
  });
}
