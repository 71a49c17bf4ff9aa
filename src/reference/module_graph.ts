/**
 * The modules of the program, as far as their texts tell.
 *
 * @module
 */
import { runtime } from "../runtime/runtime.ts";
import { linkedUrl, moduleSource } from "./module_source.ts";

/** The entry of the program where it is loaded in this unit, which it is not in a child. */
export function loadedEntry(): string | null {
  const url = runtime.entryUrl();
  return url !== null && runtime.isMain({ url } as ImportMeta) ? url : null;
}

/** What loaded modules import, directly or through others, by URL: it is loaded too. Packages are left out. */
export async function linkedModules(roots: readonly string[]): Promise<string[]> {
  const seen = new Set(roots);
  // A set that grows while it is walked is walked to its new end.
  for (const url of seen) {
    const source = await moduleSource(url);
    for (const specifier of source?.imports ?? []) {
      const linked = linkedUrl(specifier, url);
      if (linked?.startsWith("file:")) seen.add(linked);
    }
  }
  return [...seen];
}
