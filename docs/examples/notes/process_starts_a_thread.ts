/**
 * Several children run at the same time, and each starts a thread inside itself. A thread shares the process id of its process and has an
 * identifier of its own.
 *
 * 几个子进程同时运行，每个子进程又在自己内部启动一个线程。线程的进程号与所在进程相同，但有自己的标识。
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";
import { getIdent, mainThread, Thread } from "@fenshen/multiprocessing/threading";

export function tellThread() {
  const own = getIdent() !== mainThread().ident;
  console.log(`thread of process ${mp.currentProcess().pid}, ${own ? "with an" : "no"} identifier of its own`);
}

export async function greet(name: string, number: number) {
  await sleep(20);
  console.log(`hello ${name} ${number} from process ${mp.currentProcess().pid}`);
  // Not joined: the process ends when its thread has.
  await new Thread({ target: tellThread }).start();
}

if (mp.isMain(import.meta)) {
  for (let number = 0; number < 4; number++) {
    await new mp.Process({ target: greet, args: ["bob", number] }).start();
  }
  // Not joined: children that are no daemons keep the program alive until they end.
}
