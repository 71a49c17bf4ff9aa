/** Starts more children at once than it may have, and prints what became of those that started. */
import * as mp from "@fenshen/multiprocessing";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** Stays until a folder is gone: it takes no file of its own. */
export async function stay(folder: string): Promise<void> {
  while (fs.existsSync(folder)) await sleep(20);
}

if (mp.isMain(import.meta)) {
  const [method, count] = process.argv.slice(2);
  const ctx = mp.getContext(method as mp.StartMethod);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "few-files-"));
  const started: InstanceType<typeof ctx.Process>[] = [];
  const refused = new Set<string>();
  for (let i = 0; i < Number(count); i++) {
    const child = new ctx.Process({ target: stay, args: [folder] });
    await child.start().then(() => started.push(child), (error) => refused.add(String(error)));
  }
  fs.rmdirSync(folder);
  for (const child of started) await child.join();
  console.log(started.length > 0 && started.length < Number(count) ? "some started" : `${started.length} started`);
  console.log([...new Set(started.map((child) => child.exitcode))].join());
  console.log([...refused].join("\n"));
}
