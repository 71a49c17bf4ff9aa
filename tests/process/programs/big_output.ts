/** Children, one after the other, write a megabyte each, and end in the ways that the arguments say; the parent marks the moments when join() has resolved. */
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
  const [method, ...ends] = process.argv.slice(2) as [mp.StartMethod, ...string[]];
  const ctx = mp.getContext(method);
  for (const end of ends) {
    const p = new ctx.Process({ target: writeMuch, args: [end] });
    await p.start();
    console.log(`joined ${await p.join()} by ${end}`);
  }
}
