/** Warm children are killed or interrupted; the next starts work all the same. */
import * as mp from "@fenshen/multiprocessing";
import { execFileSync } from "node:child_process";
import process from "node:process";

export function nothing(): void {}

if (mp.isMain(import.meta)) {
  const { Process } = mp.getContext("forkserver");
  for (const signal of ["SIGKILL", "SIGINT", "SIGKILL"] as const) {
    const p = new Process({ target: nothing });
    await p.start();
    console.log(`joined ${await p.join()}`);
    // Every child of this program: the warm ones, and the listing itself.
    const children = execFileSync("ps", ["-o", "pid=", "--ppid", String(process.pid)], { encoding: "utf8" }).split(/\s+/).filter(Boolean);
    for (const pid of children) {
      try {
        process.kill(Number(pid), signal);
      } catch {
        // The listing has ended.
      }
    }
  }
}
