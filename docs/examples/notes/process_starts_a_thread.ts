/**
 * Several children run at the same time, and each starts a thread inside itself: "thread" is a start method like "spawn".
 * A thread shares the process id of its process and has an identifier of its own.
 *
 * 几个子进程同时运行，每个子进程又在自己内部启动一个线程：“thread” 和 “spawn” 一样，只是一种启动方式。
 * 线程的进程号与所在进程相同，但有自己的标识。
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";

export function tellThread(processIdent: number) {
  const me = mp.currentProcess();
  console.log(`thread of process ${me.pid}, ${me.ident === processIdent ? "no" : "with an"} identifier of its own`);
}

export async function greet(name: string, number: number) {
  await sleep(20);
  console.log(`hello ${name} ${number} from process ${mp.currentProcess().pid}`);
  const thread = new (mp.getContext("thread").Process)({ target: tellThread, args: [mp.currentProcess().ident ?? 0] });
  await thread.start();
  await thread.join();
}

if (mp.isMain(import.meta)) {
  for (let number = 0; number < 4; number++) {
    await new mp.Process({ target: greet, args: ["bob", number] }).start();
  }
  // Not joined: children that are no daemons keep the program alive until they end.
}
