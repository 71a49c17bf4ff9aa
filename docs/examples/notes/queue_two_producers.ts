/**
 * Two processes put into one queue. The order between two producers is not promised. The queue is read after both have been joined, which is
 * a deadlock in Python when the items are large, and not here.
 *
 * 两个进程往同一个队列里放数据，两个生产者之间的先后顺序没有保证。
 * 这里先 join 再读取队列：数据很大时 Python 会死锁，这里不会。
 */
import * as mp from "@fenshen/multiprocessing";

export async function putIn(queue: mp.Queue<unknown>, ...items: unknown[]) {
  await queue.put(items);
}

if (mp.isMain(import.meta)) {
  const queue = new mp.Queue<unknown>();
  const p1 = new mp.Process({ target: putIn, args: [queue, [1, 2, 3]] });
  const p2 = new mp.Process({ target: putIn, args: [queue, "i love you"] });
  await Promise.all([p1.start(), p2.start()]);
  await Promise.all([p1.join(), p2.join()]);
  console.log("parent got", JSON.stringify(await queue.get()));
  console.log("parent got", JSON.stringify(await queue.get()));
  console.log("the main process is done");
}
