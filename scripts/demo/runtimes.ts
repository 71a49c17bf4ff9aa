/** The same program on another runtime. @module */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { command } from "../lib/command.ts";
import { provideRuntime } from "../lib/runtimes.ts";
import type { Interrupted, Interruption } from "./interruption.ts";
import type { RuntimeName } from "./options.ts";

const demo = fileURLToPath(new URL("../demo.ts", import.meta.url));

/** What comes before the program, for each runtime. Node warns that it strips types, in every process. */
const flags: Record<RuntimeName, string[]> = {
  deno: ["run", "--allow-all"],
  bun: [],
  node: ["--disable-warning=ExperimentalWarning"],
};

/** The releases that run these sources; what is older, or missing, comes from npm. */
const oldest: Record<RuntimeName, [major: number, minor: number]> = { deno: [2, 5], bun: [1, 2], node: [22, 18] };
const fromNpm: Record<RuntimeName, string> = { deno: "deno", bun: "bun", node: "node@24" };

/** The runtime that runs this. */
export function runningRuntime(): { name: RuntimeName; version: string } {
  const { deno, bun, node } = process.versions;
  if (deno !== undefined) return { name: "deno", version: deno };
  if (bun !== undefined) return { name: "bun", version: bun };
  return { name: "node", version: node };
}

/** Runs this program with the same arguments on another runtime. Answers its exit code. */
export async function rerunOn(name: RuntimeName, args: string[], interrupt: Interruption): Promise<number> {
  const program = await findRuntime(name);
  interrupt.signal.throwIfAborted();
  const child = spawn(program, [...flags[name], demo, ...args], { stdio: "inherit" });
  const forward = () => child.kill((interrupt.signal.reason as Interrupted).signalName);
  interrupt.signal.addEventListener("abort", forward);
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]));
  });
}

async function findRuntime(name: RuntimeName): Promise<string> {
  const { ok, stdout } = await command(name, ["--version"]);
  if (ok && isRecent(name, stdout)) return name;
  console.error(`demo: no ${name} ${oldest[name].join(".")} or newer on PATH; taking ${fromNpm[name]} from npm`);
  return (await provideRuntime(fromNpm[name])).path;
}

function isRecent(name: RuntimeName, versionText: string): boolean {
  const [major = 0, minor = 0] = (/\d+\.\d+/.exec(versionText)?.[0] ?? "0.0").split(".").map(Number);
  const [wantedMajor, wantedMinor] = oldest[name];
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
