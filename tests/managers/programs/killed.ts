/** Starts a manager by the method that the argument names, prints the pids that must go with this program, and waits to be killed. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

if (mp.isMain(import.meta)) {
  const manager = await mp.getContext(process.argv[2] as mp.StartMethod).Manager();
  const pool = await manager.Pool(1);
  const worker = await pool.apply(() => globalThis.process.pid);
  console.log(mp.activeChildren()[0]!.pid, worker);
  setInterval(() => {}, 1000);
}
