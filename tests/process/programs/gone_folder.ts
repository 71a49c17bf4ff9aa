/** Uses units in a working folder that was removed, and prints what comes of it. */
import * as mp from "@fenshen/multiprocessing";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";

export function square(x: number): number {
  return x * x;
}

if (mp.isMain(import.meta)) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "gone-"));
  process.chdir(folder);
  fs.rmdirSync(folder);
  for (const method of ["spawn", "forkserver", "thread"] as const) {
    const ctx = mp.getContext(method);
    for (let round = 0; round < 2; round++) {
      const pool = new ctx.Pool(1);
      console.log(method, await pool.map(square, [2, 3]).then(String, String));
      await pool.terminate();
    }
  }
  const queue = new mp.Queue();
  console.log("queue", await queue.put(7).then(() => queue.get()).then(String, String));
  process.chdir("/");
  console.log("elsewhere", await queue.put(7).then(() => queue.get()).then(String, String));
}
