/** The adapter of the running runtime. Importing this detects, and starts nothing. @module */
import process from "node:process";
import type { Runtime } from "./types.ts";
import { bunRuntime } from "./bun.ts";
import { denoRuntime } from "./deno.ts";
import { nodeRuntime } from "./node.ts";

function detect(): Runtime {
  // A global `Deno` or `Bun` may be a shim; the version table is the runtime's own.
  if (process.versions.deno !== undefined) return denoRuntime();
  if (process.versions.bun !== undefined) return bunRuntime();
  return nodeRuntime();
}

/** What this runtime can do. */
export const runtime: Runtime = detect();
