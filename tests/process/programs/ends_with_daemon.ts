/** A program that ends while its daemon runs, and while its other child still works. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export async function idle(): Promise<void> {
  await new Promise(() => setInterval(() => {}, 1000));
}

export async function finish(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  console.log("the child finished");
}

if (mp.isMain(import.meta)) {
  const ctx = mp.getContext(process.argv[2] as mp.StartMethod);
  const daemon = new ctx.Process({ target: idle, daemon: true });
  await daemon.start();
  const child = new ctx.Process({ target: finish });
  void child.start();
  console.log(`daemon ${daemon.pid}`);
}
