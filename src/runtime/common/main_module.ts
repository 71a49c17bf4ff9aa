/** Which module is the program's entry, and whether a module is it. @module */
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";
import { node } from "./builtins.ts";
import { envelope, isChild } from "./launch.ts";
import { embeddedEntry, packaging } from "./packaging.ts";

/** Names that runtimes give to a program that comes from no file: `eval`, standard input, a REPL. */
const NO_FILE = /(\[(eval\d*|stdin)\]|%5B(eval\d*|stdin)%5D|\$deno\$[^/]*)$/;

/** The file that `node script` runs: the name may lack its extension or be a folder's, or lead through links. */
function realProgram(program: string): string | null {
  try {
    const file = path.resolve(program);
    return node.fs.realpathSync(node.module.createRequire(file).resolve(file));
  } catch {
    return null; // Gone meanwhile, or no file at all.
  }
}

function ownEntry(): string | null {
  if (packaging === "executable") return embeddedEntry();
  const program = process.argv[1];
  if (program === undefined || program === "-" || NO_FILE.test(program)) return null;
  const file = realProgram(program);
  return file === null ? null : pathToFileURL(file).href;
}

let known: string | null | undefined;

/** The URL of the entry module of the program, in its children too; `null` for a program that comes from no file. */
export function entryUrl(): string | null {
  if (known === undefined) {
    const told = envelope();
    known = told ? told.program ?? null : ownEntry();
  }
  return known;
}

/** Whether a module is the entry of the program; `false` in every thread and in every child of this library. */
export function isMain(meta: ImportMeta): boolean {
  if (!isMainThread || isChild()) return false;
  const main = (meta as { main?: unknown }).main;
  if (typeof main === "boolean") return main;
  // Node before 24 does not say.
  if (NO_FILE.test(meta.url)) return true;
  if (!meta.url.startsWith("file:")) return false;
  const entry = ownEntry();
  return entry !== null && realProgram(fileURLToPath(meta.url)) === fileURLToPath(entry);
}
