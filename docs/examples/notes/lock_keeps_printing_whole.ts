/**
 * Ten processes share one terminal. Each line is written in two halves; the lock keeps the two together. Without it, halves of different
 * processes may mix. Which process comes first is not promised.
 *
 * 十个进程共用一个终端。每一行分两次写出，锁保证这两半连在一起；不加锁时，不同进程的输出可能混杂。
 * 哪个进程先打印没有保证。
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";

export async function greet(lock: mp.Lock, number: number) {
  await lock.acquire();
  try {
    process.stdout.write("hello ");
    await sleep(5);
    process.stdout.write(`world ${number}\n`);
  } finally {
    await lock.release();
  }
}

if (mp.isMain(import.meta)) {
  const lock = new mp.Lock();
  for (let number = 0; number < 10; number++) {
    await new mp.Process({ target: greet, args: [lock, number] }).start();
  }
}
