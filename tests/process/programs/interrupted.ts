/**
 * A program for Ctrl-C, which prints what happens in it and in its children as it happens.
 * Arguments: the start method; what it does; what it does about SIGINT; how many times.
 */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

if (!mp.isMain(import.meta)) console.log("a child imports");

let ran = false;

export async function step(x: number): Promise<number> {
  if (!ran) console.log("a task runs");
  ran = true;
  await new Promise((resolve) => setTimeout(resolve, 5));
  return x;
}

export async function wait(): Promise<void> {
  console.log("a target runs");
  await new Promise(() => setInterval(() => {}, 1000));
}

let over: boolean;
let interrupts = 0;

/** Tells when the first child has been launched: it boots from then on. It may have ended before this looks. */
function tellLaunch(): void {
  if (mp.activeChildren().length > 0) console.log("a child is launched");
  else if (!over) setImmediate(tellLaunch);
}

async function map(ctx: mp.Context, items: number): Promise<void> {
  const pool = new ctx.Pool(1);
  console.log("a pool is made");
  const interrupted = new Promise<void>((resolve) => onInterrupt = () => void pool.terminate().then(resolve));
  try {
    const onProgress = (done: number) => done === 1 && console.log("a result is here");
    const all = await pool.map(step, Array(items).fill(0).map((_, i) => i), { chunksize: 1, onProgress });
    console.log(`done ${all.length}`);
    pool.close();
    await pool.join();
  } catch (error) {
    console.log(`error ${(error as Error).message}`);
    await interrupted;
  }
}

async function start(ctx: mp.Context): Promise<void> {
  const child = new ctx.Process({ target: wait });
  await child.start();
  console.log("a child boots");
  // A thread is no process of its own: the signal does not reach it.
  onInterrupt = () => void (ctx.getStartMethod() === "thread" && child.interrupt());
  console.log(`joined ${await child.join()}`);
}

let onInterrupt = () => {};

if (mp.isMain(import.meta)) {
  const [method, what, handling, times] = process.argv.slice(2);
  const ctx = mp.getContext(method as mp.StartMethod);
  if (handling !== "default") {
    process.on("SIGINT", () => {
      interrupts++;
      console.log("interrupted");
      if (handling === "handled") onInterrupt();
    });
  }
  for (let time = 1; time <= Number(times); time++) {
    over = false;
    console.log("begun");
    tellLaunch();
    await (what === "map" ? map(ctx, handling === "ignored" ? 20 : 5000) : start(ctx));
    over = true;
    // Deno takes a signal on a thread of its own: that may be later than the end of a child which got it too, and a program that has ended by then dies of it.
    while (handling !== "default" && interrupts < time) await new Promise((resolve) => setTimeout(resolve, 5));
    console.log(`end ${time}`);
  }
}
