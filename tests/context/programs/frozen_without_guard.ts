/** A program that is made into one file and starts a child wherever it runs, at once and later. */
import * as mp from "@fenshen/multiprocessing";

mp.freezeSupport();

export function nothing(): void {}

async function start(when: string): Promise<void> {
  const p = new mp.Process({ target: nothing, name: when });
  try {
    await p.start();
    console.log(`${when}: ${await p.join()}`);
  } catch (error) {
    console.log(`${when}: ${(error as Error).name}`);
  }
}

await start("at once");
await new Promise((resolve) => setTimeout(resolve, 1));
await start("later");
