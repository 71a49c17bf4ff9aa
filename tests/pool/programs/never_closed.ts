/** A pool that is never closed: the task that was accepted is finished, then the program ends. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";
import { squareLater } from "../fixtures/tasks.ts";

if (mp.isMain(import.meta)) {
  const pool = new (mp.getContext(process.argv[2] as mp.StartMethod).Pool)(2);
  pool.applyAsync(squareLater, [7], { callback: (result) => console.log(`callback ${result}`) });
  console.log("end of the program's text");
}
