/**
 * Every thread gets the same local and sees its own attributes in it only. A module's variable would do as well: each thread has its own module.
 *
 * 每个线程拿到的是同一个 local，但只能看到自己设置的属性。模块里的变量也是如此：每个线程都有自己的一份模块。
 */
import { isMain } from "@fenshen/multiprocessing";
import { currentThread, local, Thread } from "@fenshen/multiprocessing/threading";

export function work(mine: local, color: string) {
  const before = mine.color ?? "nothing";
  mine.color = color;
  console.log(`${currentThread().name} found ${before} and has ${mine.color}`);
}

if (isMain(import.meta)) {
  const mine = new local();
  mine.color = "white";
  for (const color of ["red", "blue"]) {
    const thread = new Thread({ target: work, args: [mine, color], name: `thread ${color}` });
    await thread.start();
    await thread.join();
  }
  console.log(`${currentThread().name} still has ${mine.color}`);
}
