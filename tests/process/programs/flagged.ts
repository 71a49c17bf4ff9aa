/** Starts a child in another folder than that in which the program began; it tells what the flags of the program did to it. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export function tell(): void {
  console.log(process.cwd(), (globalThis as { hooked?: boolean }).hooked, process.env.FENSHEN_FROM_FILE);
}

if (mp.isMain(import.meta)) {
  process.chdir("/");
  const p = new mp.Process({ target: tell });
  await p.start();
  await p.join();
}
