/** Bun. @module */
import process from "node:process";
import type { Runtime } from "./types.ts";
import { adapter } from "./common/adapter.ts";
import { inheritedFlags } from "./common/flags.ts";
import { openBunLibrary } from "./bun_library.ts";

/** The adapter of Bun. */
export function bunRuntime(): Runtime {
  // At once, while the working folder is the one that the flags were meant for.
  const flags = inheritedFlags(process.execArgv);
  return adapter({
    name: "bun",
    version: process.versions.bun ?? "",
    importCarriesScope: false,
    workerConsoleIsElsewhere: true,
    openLibrary: openBunLibrary,
    ownFlags: () => flags,
  });
}
