/**
 * Which folder of `src/` may import which: an import points to a lower layer or into its own folder, never sideways or up.
 * `scripts/lint/fenshen.ts` asks this for every import.
 */

/** The folders of `src/`, lowest first; those in one row are siblings and do not know each other. */
const layers = [
  ["base"],
  ["runtime", "wire"],
  ["reference"],
  ["connection", "memory"],
  ["server"],
  ["process", "sync"],
  ["queues", "sharedctypes"],
  ["pool"],
  ["managers"],
  ["threading"],
  ["context"],
];

/** The folder of a source, or `null` for a face at the root: `src/pool/pool.ts` is in `pool`. */
function folderOf(file: string): string | null {
  return /^src\/([^/]+)/.exec(file)?.[1] ?? null;
}

/** The height of a folder; faces are above all. */
function heightOf(folder: string | null): number {
  return folder === null ? layers.length : layers.findIndex((row) => row.includes(folder));
}

/**
 * Checks one import between two files of the library.
 *
 * @param from The importing file, as a path from the project's folder
 * @param to The imported file, likewise
 * @returns what is wrong, or `null`
 */
export function layerProblem(from: string, to: string): string | null {
  const [source, target] = [folderOf(from), folderOf(to)];
  for (const folder of [source, target]) {
    if (heightOf(folder) === -1) return `src/${folder} is in no layer; give it one in scripts/lib/layers.ts`;
  }
  if (source === target || heightOf(target) < heightOf(source)) return null;
  return `${source ?? "a face"} may not import ${target ?? "a face"}: imports point to a lower layer or into the own folder`;
}

/** Whether a file may name a runtime: `Deno`, `Bun`, `process`, `node:` modules. */
export function mayNameRuntime(file: string): boolean {
  return !/^(src\/|[^/]+\.ts$)/.test(file) || file.startsWith("src/runtime/");
}
