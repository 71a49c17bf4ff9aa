/** Looks at the CPU time of its warm children until it stands still, and says so. Needs /proc. */
import * as mp from "@fenshen/multiprocessing";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** Longer than what a poll every 10 ms would need for one tick of CPU time. */
const STILL_SAMPLES = 20;

export function nothing(): void {}

/** Pid and CPU time, in ticks, of every child of this process. */
function children(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    } catch {
      return []; // ended in the meantime
    }
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(fields[1]) === process.pid ? [`${pid} ${Number(fields[11]) + Number(fields[12])}`] : [];
  });
}

if (mp.isMain(import.meta)) {
  const child = new (mp.getContext("forkserver").Process)({ target: nothing });
  await child.start();
  await child.join();
  let before: string[] = [];
  for (let still = 0; still < STILL_SAMPLES;) {
    await sleep(100);
    const now = children();
    // Two warm children, and their guardian.
    still = now.length === 3 && now.join() === before.join() ? still + 1 : 0;
    before = now;
  }
  console.log("two warm children stand still");
}
