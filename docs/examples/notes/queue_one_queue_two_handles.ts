/**
 * Parent and child hold two objects, but one queue: what is written on one handle stays there, what is put into the queue does not.
 *
 * 父子进程各自持有一个对象，但队列只有一个：写在对象上的属性只留在本进程，放进队列的数据则两边都能看到。
 */
import * as mp from "@fenshen/multiprocessing";

type Marked = mp.Queue<unknown[]> & { note?: string };

export async function produce(queue: Marked) {
  console.log(`child: the note on its handle is ${queue.note}`);
  queue.note = "written by the child";
  await queue.put([42, null, "hello"]);
  console.log(`child: the note on its handle is ${queue.note}`);
}

if (mp.isMain(import.meta)) {
  const queue: Marked = new mp.Queue<unknown[]>();
  queue.note = "written by the parent";
  const p = new mp.Process({ target: produce, args: [queue] });
  await p.start();
  await p.join();
  console.log(`parent: the note on its handle is ${queue.note}`);
  console.log(`parent: the queue holds ${JSON.stringify(await queue.get())}`);
}
