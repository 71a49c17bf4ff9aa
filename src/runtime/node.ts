/** Node. @module */
import process from "node:process";
import type { Runtime } from "./types.ts";
import { adapter } from "./common/adapter.ts";
import { inheritedFlags } from "./common/flags.ts";
import { openNodeLibrary } from "./node_library.ts";

/** The adapter of Node. */
export function nodeRuntime(): Runtime {
  return adapter({
    name: "node",
    version: process.versions.node,
    importCarriesScope: true,
    workerConsoleIsElsewhere: false,
    openLibrary: openNodeLibrary,
    ownFlags: () => inheritedFlags(process.execArgv),
  });
}
