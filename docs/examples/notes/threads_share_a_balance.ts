/**
 * Two threads pay into one account and take out again what they paid in, many times. Whoever reads the balance and writes a new one must be alone
 * in between, or a payment of the other thread gets lost: that is what the lock is for. Threads here share no memory, so the account is an object made
 * to be shared: a queue that holds the balance as its only item. The barrier makes them begin at the same moment.
 *
 * 两个线程反复往同一个账户存钱、再取出同样的数目。读取余额和写入新余额之间不能被打断，
 * 否则对方的修改会丢失，所以需要锁。这里的线程不共享内存，因此账户是一个专门用来共享的对象：只放一个余额的队列。
 * 屏障（Barrier）让两个线程同时开始。
 */
import { isMain } from "@fenshen/multiprocessing";
import { Queue } from "@fenshen/multiprocessing/queue";
import { Barrier, Lock, Thread } from "@fenshen/multiprocessing/threading";

async function read(account: Queue<number>): Promise<number> {
  const balance = await account.get();
  await account.put(balance);
  return balance;
}

async function write(account: Queue<number>, balance: number) {
  await account.get();
  await account.put(balance);
}

export async function payInAndOut(account: Queue<number>, lock: Lock, together: Barrier, amount: number) {
  await together.wait();
  for (let i = 0; i < 25; i++) {
    await lock.run(async () => {
      await write(account, await read(account) + amount);
      await write(account, await read(account) - amount);
    });
  }
}

if (isMain(import.meta)) {
  const account = new Queue<number>();
  const lock = new Lock();
  const together = new Barrier(2);
  await account.put(0);
  const threads = [5, 8].map((amount) => new Thread({ target: payInAndOut, args: [account, lock, together, amount] }));
  for (const thread of threads) await thread.start();
  for (const thread of threads) await thread.join();
  console.log(`the balance is ${await account.get()}`);
}
