/** Deno. @module */
import process from "node:process";
import type { Runtime } from "./types.ts";
import { adapter } from "./common/adapter.ts";
import { denoFlags } from "./common/flags.ts";
import { entryUrl } from "./common/main_module.ts";
import { exit } from "./deno_exit.ts";
import { openDenoLibrary } from "./deno_library.ts";
import { bind, listen } from "./deno_listener.ts";

/** The adapter of Deno. */
export function denoRuntime(): Runtime {
  // At once, while the working folder is the one that the flags were meant for.
  const folder = process.cwd();
  const shared = adapter({
    name: "deno",
    version: process.versions.deno ?? "",
    importCarriesScope: true,
    workerConsoleIsElsewhere: false,
    openLibrary: openDenoLibrary,
    ownFlags: () => denoFlags(entryUrl(), folder),
  });
  return { ...shared, exit, listen, bind };
}
