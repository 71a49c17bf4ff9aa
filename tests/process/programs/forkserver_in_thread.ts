/** Threads that had processes of their own end, in order and not: says what children the program still has, and that its queue still works. Needs /proc. */
import * as mp from "@fenshen/multiprocessing";
import { setTimeout as sleep } from "node:timers/promises";
import { ownChildren } from "../../support/own_children.ts";

const thread = mp.getContext("thread");

export function nothing(): void {}

export function wait(): Promise<void> {
  return sleep(1e9);
}

export async function answer(queue: mp.Queue<string>, text: string): Promise<void> {
  await queue.put(text);
}

export async function useWarmChild(): Promise<void> {
  const child = new (mp.getContext("forkserver").Process)({ target: nothing });
  await child.start();
  await child.join();
}

export async function leaveDaemon(queue: mp.Queue<string>): Promise<void> {
  const daemon = new mp.Process({ target: wait, daemon: true });
  await daemon.start();
  await queue.put("has a daemon");
  await wait();
}

/** The children of this process: `Z` for each that has ended and that nobody has waited for, else `S`. */
const children = () => ownChildren().map(({ state }) => state === "Z" ? "Z" : "S").join("");

if (mp.isMain(import.meta)) {
  const queue = new mp.Queue<string>();
  const use = async (text: string) => {
    const child = new mp.Process({ target: answer, args: [queue, text] });
    await child.start();
    console.log(await queue.get(), await child.join());
  };
  await use("before");

  const ends = new thread.Process({ target: useWarmChild });
  await ends.start();
  console.log("a thread ended", await ends.join(), children());
  await use("after one that ended");

  const killed = new thread.Process({ target: leaveDaemon, args: [queue] });
  await killed.start();
  console.log("a thread", await queue.get());
  killed.terminate();
  await killed.join();
  // Its guardian ends the daemon, and then itself.
  while (children().replaceAll("Z", "") !== "S") await sleep(50);
  await use("after one that was terminated");
}
