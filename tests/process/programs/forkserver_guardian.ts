/** Uses warm children, one after the other, and says whether one guardian has seen to them all. Needs /proc. */
import * as mp from "@fenshen/multiprocessing";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

export function nothing(): void {}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // ended in the meantime
  }
}

/** The pids of the guardians of this process. */
function guardians(): string {
  return readdirSync("/proc").filter((pid) => {
    const stat = readIfThere(`/proc/${pid}/stat`);
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    return parent === String(process.pid) && readIfThere(`/proc/${pid}/cmdline`).includes("multiprocessing-guardian");
  }).join();
}

if (mp.isMain(import.meta)) {
  const seen = new Set<string>();
  for (let number = 0; number < 8; number++) {
    const child = new (mp.getContext("forkserver").Process)({ target: nothing });
    await child.start();
    await child.join();
    seen.add(guardians());
  }
  console.log(seen.size, /^\d+$/.test([...seen].join()));
}
