/**
 * Starts one child, hands it an argument and waits for its end.
 *
 * 启动一个子进程，传给它一个参数，并等待它结束。
 */
import * as mp from "@fenshen/multiprocessing";

export function introduce(name: string) {
  console.log(`child ${name} runs in process ${mp.currentProcess().pid}, started by ${mp.parentProcess()?.pid}`);
}

if (mp.isMain(import.meta)) {
  console.log(`parent runs in process ${mp.currentProcess().pid}`);
  const p = new mp.Process({ target: introduce, args: ["test"] });
  console.log("the child is about to start");
  await p.start();
  await p.join();
  console.log(`the child has ended with exit code ${p.exitcode}`);
}
