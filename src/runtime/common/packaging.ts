/** How the running program is made, and which module its children run. @module */
import { pathToFileURL } from "node:url";
import process from "node:process";
import { ProcessError } from "../../base/errors.ts";
import { library } from "../../base/library.ts";
import type { Packaging } from "../types.ts";

interface Standalone {
  Bun?: { isStandaloneExecutable?: boolean };
  Deno?: { build?: { standalone?: boolean }; mainModule: string };
}

const { Bun, Deno } = globalThis as Standalone;
/** Where Bun keeps the modules of an executable. */
const EMBEDDED = /^file:\/\/\/(\$bunfs|[A-Z]:\/~BUN)\//;

function detect(): Packaging {
  if (Bun?.isStandaloneExecutable || Deno?.build?.standalone || EMBEDDED.test(import.meta.url)) return "executable";
  return library !== null ? "modules" : "bundle";
}

/** How this program is made. */
export const packaging: Packaging = detect();

/** The entry module inside an executable: no file, so nothing can be looked up about it. */
export function embeddedEntry(): string {
  return Deno?.mainModule ?? pathToFileURL(process.argv[1]!).href;
}

let supported = false;

/** Says that the first line of the program takes care of children. @throws {ProcessError} in a bundle that cannot. */
export function supportChildren(): void {
  if (typeof import.meta.url !== "string") {
    throw new ProcessError(
      "Cannot support children in this bundle: it must be an ES module, in which import.meta has a URL, received CommonJS; build it with --format=esm",
    );
  }
  supported = true;
}

/** The module that every child runs: in a program that is one file, that file. @throws {ProcessError} when the program does not call `freezeSupport()`. */
export function childEntry(program: string | null): URL {
  if (packaging === "modules") return library!.face("child");
  if (supported && program !== null) return new URL(program);
  throw new ProcessError(
    `Cannot start a child: this program is ${packaging === "bundle" ? "a bundle" : "an executable"}, and its children run it again; ` +
      `its first line after the imports must be\n  mp.freezeSupport();`,
  );
}
