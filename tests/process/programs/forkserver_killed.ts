/** Warm children are killed or interrupted; the next starts work all the same. */
import * as mp from "@fenshen/multiprocessing";
import { execFileSync } from "node:child_process";
import process from "node:process";

export function nothing(): void {}

/** The warm children that have not ended, without their guardian and the listing itself. */
function children(): number[] {
  const lines = execFileSync("ps", ["-o", "pid=,stat=,args=", "--ppid", String(process.pid)], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/)).filter(([, state]) => !state!.startsWith("Z"))
    .filter((words) => !/\bps$/.test(words[2]!) && !words.includes("multiprocessing-guardian")).map(([pid]) => Number(pid));
}

if (mp.isMain(import.meta)) {
  const { Process } = mp.getContext("forkserver");
  for (const signal of ["SIGKILL", "SIGINT", "SIGKILL"] as const) {
    const p = new Process({ target: nothing });
    await p.start();
    console.log(`joined ${await p.join()}`);
    const killed = children();
    for (const pid of killed) process.kill(pid, signal);
    // SIGKILL is at once. At SIGINT a runtime may do something of its own before it ends, and answer meanwhile.
    while (signal === "SIGINT" && children().some((pid) => killed.includes(pid)));
  }
}
