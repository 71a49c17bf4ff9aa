/**
 * What V8 made of a child's modules, kept on disk by Node for the children that follow: compiling them is a fourth of what a child costs.
 * In the npm package this module has a file of its own, since what is imported before the cache is enabled does not come from it.
 *
 * @module
 */
import process from "node:process";

/** Where `common/launch.ts` looks; importing that here would load the whole library ahead of the cache. */
const LAUNCH_KEY = "FENSHEN_LAUNCH";

/** Functions that come from the cache are covered less precisely. https://nodejs.org/api/module.html#module-compile-cache */
const isCovered = () => process.env.NODE_V8_COVERAGE !== undefined;

/** The module of Node that has the cache (22.8 or later), in a child of this library. */
function nodeModule(): typeof import("node:module") | null {
  if (process.versions.deno !== undefined || process.versions.bun !== undefined) return null;
  const { isMainThread, workerData } = process.getBuiltinModule("node:worker_threads");
  if (!(LAUNCH_KEY in (isMainThread ? process.env : Object(workerData))) || isCovered()) return null;
  const module = process.getBuiltinModule("node:module");
  return module.enableCompileCache === undefined ? null : module;
}

/**
 * Imports through Node's compile cache, in the folder that the user chose with `NODE_COMPILE_CACHE` or Node's own (`node-compile-cache` among the
 * temporary files). Without it where it cannot be had: another runtime, no right to write, `NODE_DISABLE_COMPILE_CACHE`.
 */
export async function throughCompileCache<T>(load: () => Promise<T>): Promise<T> {
  const module = nodeModule();
  module?.enableCompileCache();
  const loaded = await load();
  // Node itself writes the cache at an orderly end. A worker of a pool is ended by a signal, and would leave nothing to the next one.
  module?.flushCompileCache?.();
  return loaded;
}
