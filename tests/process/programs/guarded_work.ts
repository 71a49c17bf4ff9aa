/** A guarded program: a child does its work, another one fails, and the program ends while its daemon runs and its last child still works. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export async function double(queue: mp.Queue<number>, x: number): Promise<void> {
  await queue.put(x * 2);
}

export function fail(): void {
  throw new TypeError("broken on purpose");
}

export async function idle(): Promise<void> {
  await new Promise(() => setInterval(() => {}, 1000));
}

export async function finish(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  console.log("the child finished");
}

if (mp.isMain(import.meta)) {
  const ctx = mp.getContext(process.argv[2] as mp.StartMethod);
  const queue = new ctx.Queue<number>();
  const p = new ctx.Process({ target: double, args: [queue, 21] });
  await p.start();
  console.log(`got ${await queue.get()}`);
  console.log(`joined ${await p.join()}`);

  const failing = new ctx.Process({ target: fail, name: "the-child" });
  await failing.start();
  console.log(`joined the failing ${await failing.join()}`);

  const daemon = new ctx.Process({ target: idle, daemon: true });
  await daemon.start();
  const child = new ctx.Process({ target: finish });
  void child.start();
  console.log(`daemon ${daemon.pid}`);
}
