/** Failures that nobody looks at do not end the program. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";
import { throwTypeError } from "../fixtures/tasks.ts";

if (mp.isMain(import.meta)) {
  const pool = new (mp.getContext(process.argv[2] as mp.StartMethod).Pool)(1);
  pool.applyAsync(throwTypeError, ["nobody looked 1"]);
  void pool.apply(throwTypeError, ["nobody looked 2"]);
  void pool.map(throwTypeError, ["nobody looked 3"]);
  const seen = pool.applyAsync(throwTypeError, ["somebody looked"]);
  await seen.wait();
  console.log(`successful: ${seen.successful()}`);
  pool.close();
  await pool.join();
  // Reports come in the turn after the failure.
  await new Promise((resolve) => setTimeout(resolve, 0));
  console.log("still here");
}
