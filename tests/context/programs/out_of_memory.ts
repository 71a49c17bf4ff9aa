/** Starts a child that takes all memory it may have, by the start method that is its argument. */
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { takeAll } from "../fixtures/memory.ts";

if (mp.isMain(import.meta)) {
  const { Process } = mp.getContext(process.argv[2] as mp.StartMethod, { resourceLimits: { maxOldGenerationSizeMb: 32 } });
  const p = new Process({ target: takeAll, name: "hungry" });
  await p.start();
  console.log(`exit code ${await p.join()}`);
  console.log("still here");
}
