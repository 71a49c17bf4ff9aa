/**
 * Runs the benches one after another on Deno: all of them, or those named. `deno task bench wire pool`.
 * On another runtime run a file by itself: `bun bench/pool_bench.ts`.
 *
 * @module
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

const suffix = "_bench.ts";
const folder = fileURLToPath(new URL(".", import.meta.url));
const known = fs.readdirSync(folder).filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length)).sort();
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !known.includes(name));

if (unknown !== undefined) {
  console.error(`bench: there is no bench ${unknown}; there are ${known.join(", ")}`);
  process.exitCode = 2;
} else {
  for (const name of wanted.length > 0 ? wanted : known) {
    console.log(`\n${name}`);
    const child = spawn(process.execPath, ["run", "-A", `${folder}${name}${suffix}`], { stdio: "inherit" });
    const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
    if (code !== 0) process.exitCode = 1;
  }
}
