/** Builds the contract from what the three runtimes share and the few traits in which they differ. @module */
import process from "node:process";
import { isMainThread, threadId } from "node:worker_threads";
import { callSites } from "../call_sites.ts";
import { loadedModules, moduleOf, readSource, resolveBare } from "../module_lookup.ts";
import type { Runtime, RuntimeName } from "../types.ts";
import { bind } from "./bind.ts";
import { node } from "./builtins.ts";
import { equalBytes, hmac, randomBytes } from "./crypto.ts";
import { isChild, takeLaunch } from "./launch.ts";
import { loadTypeStripper } from "./type_stripper.ts";
import { requireDescriptors } from "./descriptors.ts";
import { guardiansGone, guardProcess } from "./guardian.ts";
import { backgroundTimer, exit, exitCode, keepAlive, onExit, onUncaught } from "./lifecycle.ts";
import type { OpenLibrary } from "./libc.ts";
import { entryUrl, isMain } from "./main_module.ts";
import { namedMemory } from "./named_memory.ts";
import { packaging, supportChildren } from "./packaging.ts";
import { requireProcess } from "./permissions.ts";
import { onSignal, signalName } from "./signals.ts";
import { connect, listen, removeSocketFile } from "./socket.ts";
import { leaveSocketFolder, newLocalAddress, socketFolder, socketPlace } from "./socket_folder.ts";
import { makeStdioSynchronous, writeError } from "./stdio.ts";
import { spawn } from "./subprocess.ts";
import { onUplink, openUplink } from "./uplink.ts";
import { parentPort, startWorker } from "./worker.ts";
import { workingFolder } from "./working_folder.ts";

/** In what one runtime differs from the others. */
export interface Traits {
  readonly name: RuntimeName;
  readonly version: string;
  readonly importCarriesScope: boolean;
  /** Whether the console of a worker writes through another thread and not through `process.stdout`. */
  readonly workerConsoleIsElsewhere: boolean;
  /** Loads a native library. */
  readonly openLibrary: OpenLibrary;
  /** The flags of this process that a child of the same runtime should have. */
  ownFlags(): string[];
}

/** Before libuv 1.48 an abstract name is filled up with zeros, and nobody else finds it. https://github.com/libuv/libuv/pull/4220 */
function padsAbstractNames(): boolean {
  const [major = 0, minor = 0] = (process.versions.uv ?? "").split(".").map(Number);
  return process.versions.bun === undefined && process.versions.deno === undefined && major === 1 && minor < 48;
}

/** The adapter of a runtime. */
export function adapter(traits: Traits): Runtime {
  return {
    name: traits.name,
    version: traits.version,
    platform: process.platform,
    pid: process.pid,
    ppid: process.ppid,
    isMainThread,
    isChild: isChild(),
    threadId,
    importCarriesScope: traits.importCarriesScope,
    cpuCount: () => node.os.availableParallelism(),
    packaging,
    supportChildren,
    requireProcess(descriptors) {
      requireProcess(socketPlace);
      requireDescriptors(descriptors);
    },
    spawn: (options) => spawn(options, traits),
    guard: (pid) => guardProcess(pid, socketFolder()),
    guardiansGone,
    startWorker: (options) => startWorker(options, traits.name),
    takeLaunch,
    parentPort,
    openUplink,
    onUplink,
    listen,
    bind,
    removeSocketFile,
    connect,
    hasAbstractSockets: process.platform === "linux" && !padsAbstractNames(),
    longestSocketPath: process.platform === "linux" ? 107 : 103,
    newLocalAddress,
    socketFolder,
    leaveSocketFolder,
    namedMemory: namedMemory(traits.openLibrary),
    keepAlive,
    backgroundTimer,
    exit,
    exitCode,
    loadTypeStripper,
    onExit,
    onUncaught,
    makeStdioSynchronous: () => makeStdioSynchronous(traits.workerConsoleIsElsewhere && !isMainThread),
    writeError,
    onSignal,
    signalName,
    randomBytes,
    hmac,
    equalBytes,
    env: (name) => process.env[name],
    cwd: () => process.cwd(),
    // Deno names the variables in another order each time.
    surroundings: () => JSON.stringify([workingFolder(), ...Object.entries(process.env).sort()]),
    argv: () => process.argv.slice(),
    entryUrl,
    isMain,
    callSites: () => callSites(traits.name),
    loadedModules: () => loadedModules(traits.name),
    moduleOf: (fn) => moduleOf(traits.name, fn),
    resolveBare,
    readSource,
  };
}
