/** A child writes a megabyte and ends in the way that the argument says; the parent marks the moment when join() has resolved. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export function writeMuch(end: string): void {
  const line = "x".repeat(1023);
  for (let i = 0; i < 1024; i++) console.log(line);
  console.error("on stderr too");
  if (end === "exit") process.exit(0);
  if (end === "SystemExit") throw new mp.SystemExit(0);
}

if (mp.isMain(import.meta)) {
  const [end, method] = process.argv.slice(2) as [string, mp.StartMethod];
  const ctx = mp.getContext(method);
  const p = new ctx.Process({ target: writeMuch, args: [end] });
  await p.start();
  const code = await p.join();
  console.log(`joined ${code}`);
}
