/**
 * The two ends of a pipe go to two children, which then talk with each other directly: a message, and an answer to it.
 *
 * 管道的两端分别交给两个子进程，它们随后直接通信：一条消息，一个回复。
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";

export async function ask(connection: mp.Connection) {
  await connection.send([1, 2, "monkey"]);
  console.log("the answer is", JSON.stringify(await connection.recv()));
}

export async function answer(connection: mp.Connection) {
  console.log("the question is", JSON.stringify(await connection.recv()));
  await sleep(50);
  await connection.send("knock knock");
}

if (mp.isMain(import.meta)) {
  const [left, right] = mp.Pipe();
  const p1 = new mp.Process({ target: ask, args: [left] });
  const p2 = new mp.Process({ target: answer, args: [right] });
  await Promise.all([p1.start(), p2.start()]);
  await Promise.all([p1.join(), p2.join()]);
  console.log("the main process is done");
}
