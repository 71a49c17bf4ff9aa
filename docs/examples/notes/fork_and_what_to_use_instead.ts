/**
 * os.fork() copies the running process, and both copies go on. No JavaScript runtime can do that, so "fork" is refused. What programs want from it: a
 * child that has the parent's data, and changes only its copy. A Process gets such a copy of its arguments, with every start method. Where a fast start is
 * what matters, "forkserver" hands out a child that was launched ahead.
 *
 * os.fork() 会复制正在运行的进程，两份都继续执行。任何 JavaScript 运行时都做不到，所以 "fork" 会被拒绝。
 * 程序真正需要的是：子进程拥有父进程的数据，并且只修改自己的那一份。用 Process 的参数就能得到这样的副本。
 * 如果看重启动速度，可以用 "forkserver"：它交出的是预先启动好的子进程。
 */
import * as mp from "@fenshen/multiprocessing";

export function change(list: number[], parent: number) {
  list.push(3);
  console.log(`child of the parent: ${mp.parentProcess()?.pid === parent}`);
  console.log(`child has ${JSON.stringify(list)}`);
}

if (mp.isMain(import.meta)) {
  try {
    mp.getContext("fork" as mp.StartMethod);
  } catch (error) {
    console.log(String(error));
  }
  const list = [1, 2];
  const child = new mp.Process({ target: change, args: [list, mp.currentProcess().pid ?? 0] });
  await child.start();
  await child.join();
  console.log(`parent still has ${JSON.stringify(list)}`);
}
