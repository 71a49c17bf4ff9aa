/**
 * What a runtime can tell about modules: which are loaded, where a function was defined, what a specifier means, and a module's text.
 *
 * @module
 */
import { isAbsolute } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { node } from "./common/builtins.ts";
import { moduleOfNode } from "./module_lookup_node.ts";
import { isGranted } from "./common/permissions.ts";
import type { RuntimeName } from "./types.ts";

type AnyFunction = (...args: never[]) => unknown;

/** URLs of the modules in Bun's registry; the other runtimes keep theirs to themselves. */
export function loadedModules(name: RuntimeName): string[] {
  if (name !== "bun") return [];
  const { cache } = node.module.createRequire(import.meta.url);
  return Object.keys(cache).filter(isAbsolute).map((path) => pathToFileURL(path).href);
}

/** The URL of the module that defines a function: known to Node's inspector, else `null`. */
export function moduleOf(name: RuntimeName, fn: AnyFunction): Promise<string | null> {
  return name === "node" ? moduleOfNode(fn) : Promise.resolve(null);
}

/** Resolves a bare specifier as the module at `from` would, or `null`. */
export function resolveBare(specifier: string, from: string): string | null {
  if (node.module.isBuiltin(specifier)) return /^(?:node:|bun(?::|$))/.test(specifier) ? specifier : `node:${specifier}`;
  const required = resolveByRequire(specifier, from);
  const imported = resolveByImport(specifier);
  if (required === null || imported === null) return required ?? imported;
  const home = packageHome(required);
  return imported.startsWith("file:") && home !== packageHome(imported) ? required : imported;
}

/** From the caller's place, but by the conditions of `require()`: in a package with two builds it names the wrong one. */
function resolveByRequire(specifier: string, from: string): string | null {
  try {
    const path = node.module.createRequire(from).resolve(specifier);
    return isAbsolute(path) ? pathToFileURL(path).href : null;
  } catch {
    return null;
  }
}

/** By the conditions of `import`, but from this library's place: Node and Deno take no other. Right also for an import map. */
function resolveByImport(specifier: string): string | null {
  try {
    return import.meta.resolve(specifier);
  } catch {
    return null;
  }
}

/** The folder of the package that a module belongs to. */
function packageHome(url: string): string {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(url)?.[0] ?? url;
}

/** A module's source text, or `null` when it is not a file, cannot be read, or would make Deno ask for a permission. */
export function readSource(url: string): string | null {
  if (!url.startsWith("file:")) return null;
  try {
    const path = fileURLToPath(url);
    return isGranted({ name: "read", path }) ? node.fs.readFileSync(path, "utf8") : null;
  } catch {
    return null;
  }
}
