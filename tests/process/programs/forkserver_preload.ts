/** A module is preloaded by warm children: it is imported before any target that needs it runs. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

const suffix = import.meta.url.slice(import.meta.url.lastIndexOf("."));

export function say(): void {
  console.log("ran");
}

export function nothing(): void {}

if (mp.isMain(import.meta)) {
  mp.setForkserverPreload([new URL("./preloaded" + suffix, import.meta.url)]);
  const { Process } = mp.getContext("forkserver");
  const first = new Process({ target: nothing, stdio: ["ignore", "inherit", "inherit"] });
  await first.start();
  await first.join();
  const cold = new Process({ target: nothing });
  await cold.start();
  await cold.join();
  const p = new Process({ target: say });
  await p.start();
  console.log(`joined ${await p.join()}`);
  process.exitCode = 0;
}
