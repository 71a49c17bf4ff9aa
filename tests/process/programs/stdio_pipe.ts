/** The child's streams are pipes; the output is read only after the join. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";

export async function upper(): Promise<void> {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  process.stdout.write(text.toUpperCase());
  console.error("done");
}

if (mp.isMain(import.meta)) {
  const p = new mp.Process({ target: upper, stdio: ["pipe", "pipe", "pipe"] });
  await p.start();
  const writer = p.stdin!.getWriter();
  await writer.write(new TextEncoder().encode("a line for the child\n".repeat(10_000)));
  await writer.close();
  const code = await p.join();
  const out = await new Response(p.stdout).text();
  const err = await new Response(p.stderr).text();
  console.log(`joined ${code}, ${out.length} characters, ${out.slice(0, 20)}, ${err.trim()}`);
}
