/** The import schedules a start for later: no fork bomb either. */
import * as mp from "@fenshen/multiprocessing";

export async function work(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  console.log("the target ran");
}

async function main(): Promise<void> {
  const p = new mp.Process({ target: work });
  try {
    await p.start();
    console.log(`joined ${await p.join()}`);
  } catch (error) {
    console.log((error as Error).name);
  }
}

setTimeout(main, 10);
