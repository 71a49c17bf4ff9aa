/** The default start method of this unit: fixed at most once, as in Python. @module */
import { preloadModules } from "../process/forkserver.ts";
import { thisUnit } from "../process/identity.ts";
import { startMethod, type StartMethodName } from "./start_methods.ts";

let fixed: StartMethodName | null = null;

/**
 * The default start method. A child starts with that of its creator. Reading it fixes it, unless `allowNone`.
 *
 * @param options `allowNone`: answer `null` while nothing is fixed.
 */
export function getStartMethod(options?: { allowNone?: boolean }): StartMethodName | null {
  if (fixed === null && options?.allowNone) return null;
  fixed ??= defaultMethod();
  return fixed;
}

/** The default start method, without fixing it. */
export function currentStartMethod(): StartMethodName {
  return fixed ?? defaultMethod();
}

/**
 * Sets the default start method of this program: once, at the beginning, inside the main guard.
 *
 * @param method `"spawn"`, `"forkserver"` or `"thread"`. @param options `force`: set it again.
 * @throws {Error} set before. @throws {RangeError} an unknown method, or `"fork"`.
 */
export function setStartMethod(method: StartMethodName, options?: { force?: boolean }): void {
  startMethod(method);
  if (fixed !== null && !options?.force) {
    throw new Error(`Cannot set the start method: it is already ${fixed}; pass { force: true } to change it`);
  }
  fixed = method;
}

function defaultMethod(): StartMethodName {
  return thisUnit().method ?? "spawn";
}

/**
 * Sets the modules that the warm children of `"forkserver"` import ahead, so that a target in one of them begins at once. A hint, as in Python: a module
 * that cannot be imported is reported where it is used. Children that wait already are replaced.
 *
 * @param modules Absolute URLs: `new URL("./tasks.ts", import.meta.url)`. @throws {TypeError} for anything else.
 */
export function setForkserverPreload(modules: (string | URL)[]): void {
  if (!Array.isArray(modules)) throw new TypeError(`Cannot preload modules: they must be an array of URLs, received ${typeof modules}`);
  preloadModules(modules.map(absoluteUrl));
}

function absoluteUrl(module: unknown): string {
  if (module instanceof URL) return module.href;
  if (typeof module === "string" && URL.canParse(module)) return new URL(module).href;
  throw new TypeError(
    `Cannot preload a module: it must be an absolute URL, received ${String(module)}; write new URL("./tasks.ts", import.meta.url)`,
  );
}
