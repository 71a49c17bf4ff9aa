/**
 * Rule 2: the export that is a function.
 *
 * @module
 */
import { runtime } from "../runtime/runtime.ts";
import { rememberExport } from "./cache.ts";
import { textMark, textOf } from "./describe.ts";
import { type Found, isUnfinished, lookInto, placesOf } from "./known_modules.ts";
import { linkedModules, loadedEntry } from "./module_graph.ts";
import { linkedUrl, type ModuleSource, moduleSource } from "./module_source.ts";
import type { AnyFunction, ExportReference } from "./types.ts";

/** A module with its text. */
export interface ReadModule {
  url: string;
  source: ModuleSource;
}

/** Those of the modules whose text can be read. */
export async function readModules(urls: readonly string[]): Promise<ReadModule[]> {
  const read = await Promise.all(urls.map(async (url) => ({ url, source: await moduleSource(url) })));
  return read.filter((module): module is ReadModule => module.source !== null);
}

/** Looks in the modules on the stack, in those that they import by URL, and in all that are known already. */
export async function findNear(fn: AnyFunction, stack: readonly ReadModule[]): Promise<ExportReference | null> {
  const imported = stack.flatMap(({ url, source }) => source.imports.map((specifier) => linkedUrl(specifier, url)));
  // Imports first: a stack module that exports the function again may be the program itself, which nobody wants to import.
  const urls = unique([...imported, ...stack.map(({ url }) => url)]);
  return await findAmong(fn, urls) ?? findByName(fn, stack);
}

/** Looks where looking costs more: in packages, in the rest of the program, and where the runtime itself points. */
export async function findFar(fn: AnyFunction, stack: readonly ReadModule[]): Promise<ExportReference | null> {
  const packages = stack.flatMap(({ url, source }) =>
    source.imports.filter((specifier) => linkedUrl(specifier, url) === null).map((specifier) => runtime.resolveBare(specifier, url))
  );
  const likely = await likelyModules(fn, stack);
  const found = await findAmong(fn, unique([...likely.map(({ url }) => url), ...packages, ...runtime.loadedModules()]));
  return found ?? findByName(fn, likely);
}

/** Looks in the module that the runtime says defines the function. */
export async function findWhereDefined(fn: AnyFunction, url: string | null): Promise<ExportReference | null> {
  return url === null || !isModuleUrl(url) ? null : await findAmong(fn, [url]);
}

async function findAmong(fn: AnyFunction, candidates: readonly string[]): Promise<ExportReference | null> {
  const urls = await importable(candidates);
  await lookInto(urls);
  const places = placesOf(fn, urls);
  const defining = await Promise.all(places.map(isDefinedThere));
  const best = places[defining.indexOf(true)] ?? places[0];
  return best === undefined ? null : remembered(fn, { kind: "export", ...best });
}

/** Without files that cannot be read: they are not there, or Deno would ask the user for a permission. */
async function importable(urls: readonly string[]): Promise<string[]> {
  const sources = await Promise.all(urls.map((url) => url.startsWith("file:") ? moduleSource(url) : true));
  return urls.filter((_, index) => sources[index] !== null);
}

/** Whether a module does not merely pass an export on; a child then has less to import. */
async function isDefinedThere({ module, name }: Found): Promise<boolean> {
  const source = await moduleSource(module);
  return source?.exports.some((found) => found.name === name && (found.local !== undefined || name === "default")) ?? false;
}

/** Modules deep in the program, or imported at run time, may not be loaded: only those that export something of the function's name are looked into. */
async function likelyModules(fn: AnyFunction, stack: readonly ReadModule[]): Promise<ReadModule[]> {
  const roots = unique([...stack.map(({ url }) => url), loadedEntry()]);
  const dynamic = stack.flatMap(({ url, source }) => source.dynamicImports.map((specifier) => linkedUrl(specifier, url)));
  const modules = await readModules(unique([...dynamic, ...await linkedModules(roots)]));
  return modules.filter(({ source }) => exportNamed(fn, source) !== null);
}

/** A module that is still being evaluated cannot be imported, so its text says what it will export. */
function findByName(fn: AnyFunction, stack: readonly ReadModule[]): ExportReference | null {
  for (const { url, source } of stack) {
    const name = isUnfinished(url) ? exportNamed(fn, source) : null;
    if (name === null) continue;
    const found: Found = { module: url, name };
    return remembered(fn, { kind: "export", ...found, text: textMark(textOf(fn)), runtime: `${runtime.name} ${runtime.version}` });
  }
  return null;
}

function exportNamed(fn: AnyFunction, { exports }: ModuleSource): string | null {
  if (fn.name === "") return null;
  const match = exports.find(({ local }) => local === fn.name) ?? exports.find(({ name }) => name === fn.name) ??
    // Bun calls an unnamed default export after its file.
    exports.find(({ name, local }) => name === "default" && local === undefined && fn.name.endsWith("_default"));
  return match?.name ?? null;
}

function remembered(fn: AnyFunction, reference: ExportReference): ExportReference {
  rememberExport(reference, fn);
  return reference;
}

function isModuleUrl(url: string): boolean {
  return /^(?:file|https?|data|blob):/.test(url);
}

function unique(urls: readonly (string | null)[]): string[] {
  return [...new Set(urls)].filter((url) => url !== null);
}
