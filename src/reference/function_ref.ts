/**
 * Rule 1, the other half: a function of a module that is not imported here.
 *
 * @module
 */
import { runtime } from "../runtime/runtime.ts";
import { references } from "./cache.ts";
import { importModule } from "./importing.ts";
import { userFrames } from "./stack.ts";
import { asFunction } from "./resolve.ts";
import type { AnyFunction, ExportReference } from "./types.ts";

/**
 * A handle on another module's export, which is sent without importing that module here.
 *
 * - Only the unit that runs the function imports the module.
 * - Called here, the handle imports the module and calls the export; the result is a promise.
 *
 * @param module An absolute URL, or a package's name as the calling module would import it.
 * @param name The export. Default: `"default"`.
 * @throws {TypeError} When `module` is relative, or a package that cannot be found from the calling module.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 *
 * const basename = mp.functionRef<(path: string) => string>("node:path", "basename");
 *
 * if (mp.isMain(import.meta)) {
 *   await using pool = new mp.Pool(1);
 *   console.log(await pool.apply(basename, ["/tmp/notes.txt"])); // notes.txt
 * }
 * ```
 */
export function functionRef<F extends AnyFunction>(module: URL | string, name = "default"): F {
  const reference: ExportReference = { kind: "export", module: moduleUrl(module), name: exportName(name) };
  const handle = async (...args: never[]): Promise<unknown> => {
    const fn = asFunction((await importModule(reference.module))[reference.name], reference) as (...args: never[]) => unknown;
    return fn(...args);
  };
  Object.defineProperty(handle, "name", { value: name, configurable: true });
  references.set(handle, reference);
  return handle as AnyFunction as F;
}

function exportName(name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw new TypeError(`Cannot refer to a function: the name of its export must be a text, received ${String(name)}`);
}

function moduleUrl(module: unknown): string {
  if (module instanceof URL) return module.href;
  if (typeof module !== "string" || module === "") {
    throw new TypeError(`Cannot refer to a function: its module must be a URL or a package's name, received ${String(module)}`);
  }
  if (/^\.{1,2}(?:\/|$)/.test(module)) throw relativeModule(module);
  if (/^(?:[\\/]|[A-Za-z]:[\\/])/.test(module)) throw pathModule(module);
  return URL.canParse(module) ? new URL(module).href : packageUrl(module);
}

function packageUrl(specifier: string): string {
  const from = userFrames(runtime.callSites())[0];
  const url = from === undefined ? null : runtime.resolveBare(specifier, from);
  if (url !== null) return url;
  throw new TypeError(
    `Cannot refer to a function: no such package can be found from ${from ?? "here"}, received ${JSON.stringify(specifier)}`,
  );
}

function relativeModule(specifier: string): TypeError {
  return new TypeError(
    `Cannot refer to a function: its module must be an absolute URL, received ${JSON.stringify(specifier)}\n` +
      `Make it one in the module that names it:\n  functionRef(new URL(${JSON.stringify(specifier)}, import.meta.url))`,
  );
}

function pathModule(path: string): TypeError {
  return new TypeError(
    `Cannot refer to a function: its module must be a URL, not a path, received ${JSON.stringify(path)}\n` +
      `Make it one:\n  functionRef(pathToFileURL(${JSON.stringify(path)})) // from "node:url"`,
  );
}
