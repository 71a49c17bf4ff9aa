/** Failures that nobody looks at do not end the program, nor does the end of its text: the pool, which is never closed, finishes what it accepted. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";
import { squareLater, throwTypeError } from "../fixtures/tasks.ts";

if (mp.isMain(import.meta)) {
  const pool = new (mp.getContext(process.argv[2] as mp.StartMethod).Pool)(1);
  pool.applyAsync(throwTypeError, ["nobody looked 1"]);
  void pool.apply(throwTypeError, ["nobody looked 2"]);
  void pool.map(throwTypeError, ["nobody looked 3"]);
  const failing = () => {
    throw new TypeError("nobody looked 4");
  };
  pool.applyAsync(throwTypeError, ["an errorCallback looked"], { errorCallback: failing });
  pool.applyAsync(throwTypeError, ["somebody looked"], { errorCallback: () => {} });
  const seen = pool.applyAsync(throwTypeError, ["somebody looked"]);
  await seen.wait();
  console.log(`successful: ${seen.successful()}`);
  console.log("still here");
  pool.applyAsync(squareLater, [7], { callback: (result) => console.log(`callback ${result}`) });
  console.log("end of the program's text");
}
