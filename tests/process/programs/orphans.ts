/** Starts a daemon of the kind that the argument names, prints its pid, and waits to be killed. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export async function idle(): Promise<void> {
  await new Promise(() => setInterval(() => {}, 1000));
}

export function busy(): void {
  for (;;);
}

if (mp.isMain(import.meta)) {
  const p = new mp.Process({ target: process.argv[2] === "busy" ? busy : idle, daemon: true });
  await p.start();
  console.log(p.pid);
  setInterval(() => {}, 1000);
}
