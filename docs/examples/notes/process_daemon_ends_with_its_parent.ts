/**
 * A daemon does not keep the program alive: when the main program is done, the daemon is ended in the middle of its work.
 * The parent waits for an Event, not for a while, so that the child has surely begun.
 *
 * 守护进程不会让程序继续存活：主程序一结束，它就被终止，剩下的工作不再做。
 * 父进程等待的是一个 Event，而不是一段时间，因此子进程一定已经开始运行。
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";

export async function workForAMinute(name: string, begun: mp.Event) {
  console.log(`${name} is process ${mp.currentProcess().pid}, its parent is ${mp.parentProcess()?.pid}`);
  await begun.set();
  await sleep(60_000);
  console.log(`${name} is done`); // never reached
}

if (mp.isMain(import.meta)) {
  const me = mp.currentProcess();
  console.log(`${me.name} is process ${me.pid}`);
  const begun = new mp.Event();
  const p = new mp.Process({ target: workForAMinute, args: ["sub_proc", begun], daemon: true });
  await p.start();
  await begun.wait();
  console.log(`${me.name} is done`);
}
