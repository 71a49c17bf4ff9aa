/** Prints what children know of the debugger that the program was started with. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export function debuggerOf(_item: number): string {
  return process.env.BUN_INSPECT ?? "none";
}

if (mp.isMain(import.meta)) {
  const pool = new mp.Pool(2);
  console.log(await pool.map(debuggerOf, [1, 2, 3]).then(String));
  pool.close();
  await pool.join();
}
