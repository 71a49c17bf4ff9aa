/** Uses warm children, one after the other, and says whether one guardian has seen to them all. Needs /proc. */
import * as mp from "@fenshen/multiprocessing";
import { ownChildren } from "../../support/own_children.ts";

export function nothing(): void {}

/** The pids of the guardians of this process. */
const guardians = () => ownChildren().filter(({ command }) => command.includes("multiprocessing-guardian")).map(({ pid }) => pid).join();

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
