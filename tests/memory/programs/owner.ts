/** Makes memory and ends in some way: the argument says how. Prints the names. */
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { SharedMemory } from "@fenshen/multiprocessing/shared_memory";
import { make } from "../fixtures/units.ts";

if (mp.isMain(import.meta)) {
  const how = process.argv[2];
  if (how === "child") {
    // It outlives the child that made it, which is not the program.
    const pool = new mp.Pool(1);
    const memory = await pool.apply(make, [5]);
    await pool.close();
    await pool.join();
    console.log(memory.name, new SharedMemory({ name: memory.name }).buf[7]);
  } else if (how === "attached") {
    console.log(new SharedMemory({ name: process.argv[3] }).name);
  } else {
    const memory = new SharedMemory({ create: true, size: 8, track: how !== "untracked" });
    console.log(memory.name);
    if (how === "unlinks") memory.unlink();
    if (how === "waits") await new mp.Event().wait();
  }
}
