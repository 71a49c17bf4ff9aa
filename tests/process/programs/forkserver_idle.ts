/** Looks at the CPU time of its warm children until it stands still, and says so. Needs /proc. */
import * as mp from "@fenshen/multiprocessing";
import { setTimeout as sleep } from "node:timers/promises";
import { ownChildren } from "../../support/own_children.ts";

/** Longer than what a poll every 10 ms would need for one tick of CPU time. */
const STILL_SAMPLES = 20;

export function nothing(): void {}

if (mp.isMain(import.meta)) {
  const child = new (mp.getContext("forkserver").Process)({ target: nothing });
  await child.start();
  await child.join();
  let before: string[] = [];
  for (let still = 0; still < STILL_SAMPLES;) {
    await sleep(100);
    const now = ownChildren().map(({ pid, ticks }) => `${pid} ${ticks}`);
    // Two warm children, and their guardian.
    still = now.length === 3 && now.join() === before.join() ? still + 1 : 0;
    before = now;
  }
  console.log("two warm children stand still");
}
