/** A map that never ends; prints the pids of its workers. */
import * as mp from "@fenshen/multiprocessing";
import { mkdtempSync, readFileSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forever } from "../fixtures/tasks.ts";

if (mp.isMain(import.meta)) {
  const folder = mkdtempSync(join(tmpdir(), "fenshen-busy-"));
  const mark = join(folder, "pids");
  const watcher = watch(folder);
  const pool = new mp.Pool(2);
  const result = pool.map(forever, [mark, mark, mark]);
  watcher.on("change", () => {
    const pids = readFileSync(mark, "utf8").trim().split("\n");
    if (pids.length < 2) return;
    watcher.close();
    rmSync(folder, { recursive: true });
    console.log(`busy ${pids.join(" ")}`);
  });
  await result;
}
