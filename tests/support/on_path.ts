/** Which runtimes a test can have children on. @module */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { moduleSuffix } from "./run_program.ts";

type Name = "deno" | "bun" | "node";

/** The runtime that runs the tests. */
export const ownRuntime: Name = process.versions.deno !== undefined ? "deno" : process.versions.bun !== undefined ? "bun" : "node";

/** Whether a program is on PATH. */
export function isOnPath(name: string): boolean {
  return spawnSync(name, ["--version"]).error === undefined;
}

/** Why no child can run on a runtime, or `false` when one can. */
export function noChildOn(name: Name): string | false {
  if (name === ownRuntime) return false;
  const { stdout, error } = spawnSync(name, ["--version"], { encoding: "utf8" });
  if (error) return `no ${name} on PATH`;
  const [major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(stdout)!.slice(1).map(Number);
  const runsTypeScript = name !== "node" || major > 23 || (major === 22 && minor >= 18) || (major === 23 && minor >= 6);
  return moduleSuffix === ".js" || runsTypeScript ? false : "the node on PATH does not run TypeScript";
}
