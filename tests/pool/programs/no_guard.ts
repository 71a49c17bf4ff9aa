/** No main guard: the worker that imports this module to find `work` must not make another pool. */
import * as mp from "@fenshen/multiprocessing";

export function work(x: number): number {
  return x;
}

const pool = new mp.Pool(1);
console.log(await pool.map(work, [1, 2]));
