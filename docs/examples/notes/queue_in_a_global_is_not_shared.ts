/**
 * A child does not see the variables that its parent has set: every unit evaluates a module for itself. In Python the same program ends with a
 * NameError. What the child needs is passed as an argument.
 *
 * 子进程看不到父进程后来赋给全局变量的值：每个进程都各自执行一遍模块。同样的程序在 Python 中会抛出 NameError。
 * 子进程需要的东西应当作为参数传递。
 */
import * as mp from "@fenshen/multiprocessing";

let shared: mp.Queue<unknown[]> | null = null;

export async function putIntoGlobal() {
  console.log(`child: the global queue is ${shared === null ? "null" : "there"}`);
  await shared?.put([42, null, "hello"]);
}

export async function putIntoArgument(queue: mp.Queue<unknown[]>) {
  await queue.put([42, null, "hello"]);
}

if (mp.isMain(import.meta)) {
  shared = new mp.Queue<unknown[]>();
  console.log("parent: the global queue is there");

  const forgetful = new mp.Process({ target: putIntoGlobal });
  await forgetful.start();
  await forgetful.join();
  console.log(`parent: the queue is ${await shared.empty() ? "still empty" : "filled"}`);

  const informed = new mp.Process({ target: putIntoArgument, args: [shared] });
  await informed.start();
  await informed.join();
  console.log(`parent: the queue holds ${JSON.stringify(await shared.get())}`);
}
