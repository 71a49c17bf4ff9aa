import * as mp from "@fenshen/multiprocessing";

export const square = (x: number) => x * x;

if (mp.isMain(import.meta)) {
  const pool = new mp.Pool(4);
  console.log(await pool.map(square, [1, 2, 3, 4]));
  pool.close();
  await pool.join();
}
