/** Node. @module */
import process from "node:process";
import type { Runtime } from "./types.ts";
import { adapter } from "./common/adapter.ts";
import { inheritedFlags } from "./common/flags.ts";
import { openNodeLibrary } from "./node_library.ts";

/** The adapter of Node. */
export function nodeRuntime(): Runtime {
  // At once, while the working folder is the one that the flags were meant for.
  const flags = inheritedFlags(process.execArgv);
  return adapter({
    name: "node",
    version: process.versions.node,
    importCarriesScope: true,
    workerConsoleIsElsewhere: false,
    openLibrary: openNodeLibrary,
    ownFlags: () => flags,
  });
}
