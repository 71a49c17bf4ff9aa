/** Uses Values in memory, prints the segments that it maps, and ends: the argument says how. */
import fs from "node:fs";
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { addInTask } from "../fixtures/units.ts";

if (mp.isMain(import.meta)) {
  const [value, array] = [new mp.Value("i", 5), new mp.Array("d", 1_000_000)];
  await array.set(0, 1);
  const pool = new mp.Pool(1);
  await pool.apply(addInTask, [[value, 1]]);
  await pool.terminate();
  const maps = fs.readFileSync("/proc/self/maps", "utf8");
  console.log([...new Set(maps.match(/mp_[0-9a-f]{8}/g))].join(" "));
  if (process.argv[2] === "kill") process.kill(process.pid, "SIGKILL");
}
