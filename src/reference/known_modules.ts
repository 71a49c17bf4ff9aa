/**
 * The namespaces of modules that are loaded already, to find a function in them by identity. README.md says why
 * nothing here waits for a module, and how it tells one whose evaluation has not ended.
 *
 * @module
 */
import { importModule } from "./importing.ts";
import type { AnyFunction } from "./types.ts";

/** A module's namespace; `null` while its evaluation has not ended; `undefined` when it cannot be imported. */
type Namespace = Record<string, unknown> | null | undefined;

/** A function's place among the exports of a module. */
export interface Found {
  module: string;
  name: string;
}

const namespaces = new Map<string, Namespace>();
/** Where the known modules export a function. */
const places = new WeakMap<object, Found[]>();

/** The looks into modules, by URL: whoever needs a module that somebody else has just asked for waits for the same one. */
const looks = new Map<string, Promise<void>>();

/** Imports those of the modules that are new here. Afterwards `isUnfinished()` holds for those that are still being evaluated. */
export async function lookInto(urls: readonly string[]): Promise<void> {
  const fresh = urls.filter((url) => !looks.has(url));
  if (fresh.length > 0) {
    for (const url of fresh) begin(url);
    const look = letImportsSettle();
    for (const url of fresh) looks.set(url, look);
  }
  await Promise.all(new Set(urls.map((url) => looks.get(url))));
}

/** The import below is certainly evaluated and asked for last: when it has come, so have all others that are. */
async function letImportsSettle(): Promise<void> {
  await import("./importing.ts");
  await new Promise<void>((resolve) => setImmediate(resolve));
}

function begin(url: string): void {
  namespaces.set(url, null);
  importModule(url).then(
    (namespace) => adopt(url, namespace),
    // Its own importer reports the error; here it only means that nothing can be found in it.
    () => void namespaces.set(url, undefined),
  );
}

/** Notes a module that has been imported. */
export function adopt(url: string, namespace: Record<string, unknown>): void {
  if (namespaces.get(url) === namespace) return;
  namespaces.set(url, namespace);
  for (const [name, value] of exportsOf(namespace)) note(value, { module: url, name });
}

/** Whether a module that was looked into is still being evaluated. */
export function isUnfinished(url: string): boolean {
  return namespaces.get(url) === null;
}

/** Those of the modules that export a function, in their order; any other known module, when none of them does. */
export function placesOf(fn: AnyFunction, urls: readonly string[]): Found[] {
  const found = urls.flatMap((url) => {
    const namespace = namespaces.get(url);
    if (namespace === null || namespace === undefined) return [];
    return [...exportsOf(namespace)].filter(([, value]) => value === fn).map(([name]) => ({ module: url, name }));
  });
  return found.length > 0 ? found : places.get(fn) ?? [];
}

/** The names of a module's exports, initialized or not. */
export function exportNames(namespace: Record<string, unknown>): string[] {
  return Reflect.ownKeys(namespace).filter((key) => typeof key === "string");
}

function* exportsOf(namespace: Record<string, unknown>): Generator<[string, unknown]> {
  for (const name of exportNames(namespace)) {
    try {
      yield [name, namespace[name]];
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error; // a binding that is not initialized yet
    }
  }
}

function note(value: unknown, place: Found): void {
  if (typeof value === "function") places.set(value, [...places.get(value) ?? [], place]);
}
