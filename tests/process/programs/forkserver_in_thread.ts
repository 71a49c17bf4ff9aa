/** Threads that had processes of their own end, in order and not: says what children the program still has, and that its queue still works. Needs /proc. */
import * as mp from "@fenshen/multiprocessing";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

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

/** The children of this process by their states; `Z`: it has ended, and nobody has waited for it. */
function children(): string {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    } catch {
      return ""; // ended in the meantime
    }
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(parent) === process.pid ? state === "Z" ? "Z" : "S" : "";
  }).join("");
}

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
