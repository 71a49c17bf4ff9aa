/** A module is preloaded by warm children: it is imported before any target that needs it runs. */
import * as mp from "@fenshen/multiprocessing";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

const suffix = import.meta.url.slice(import.meta.url.lastIndexOf("."));

export function say(): void {
  console.log("ran");
}

export function nothing(): void {}

if (mp.isMain(import.meta)) {
  const marks = process.env.PRELOADED_MARKS = mkdtempSync(path.join(tmpdir(), "preloaded-"));
  mp.setForkserverPreload([new URL("./preloaded" + suffix, import.meta.url)]);
  const { Process } = mp.getContext("forkserver");
  const first = new Process({ target: nothing, stdio: ["ignore", "inherit", "inherit"] });
  await first.start();
  await first.join();
  const cold = new Process({ target: nothing });
  await cold.start();
  const taken = String(cold.pid);
  await cold.join();
  // Both that are warm now: one that is taken before it is warm runs its target at once.
  while (readdirSync(marks).filter((pid) => pid !== taken).length < 2) await sleep(5);
  const p = new Process({ target: say });
  await p.start();
  console.log(`joined ${await p.join()}`);
  process.exitCode = 0;
  while (existsSync(marks)) {
    try {
      rmSync(marks, { recursive: true, force: true });
    } catch (error) {
      // A child that is just getting warm may add its file meanwhile.
      if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
    }
  }
}
