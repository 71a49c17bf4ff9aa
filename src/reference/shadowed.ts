/**
 * Globals that a module hides behind a name of its own. A function's text alone cannot tell `Event` the global from
 * `Event` the import, so the module's text is asked; it may be TypeScript, hence patterns and no parser.
 *
 * @module
 */
import type { ModuleSource } from "./module_source.ts";

interface Declarations {
  compact: string;
  /** The names asked for so far. */
  names: Map<string, boolean>;
}

const declarations = new WeakMap<ModuleSource, Declarations>();

/** Whether a name means something else than the global in the modules that may have defined a function. */
export function isShadowed(name: string, text: string, around: readonly ModuleSource[]): boolean {
  const wanted = compact(text);
  const defining = around.filter((source) => declarationsOf(source).compact.includes(wanted));
  return (defining.length > 0 ? defining : around).some((source) => declares(source, name));
}

/** A runtime prints a function with other spaces than its module has; types and quotes may differ too, and then no module is found to define it. */
function compact(text: string): string {
  return text.replace(/[\s;,]+/g, "");
}

function declarationsOf(source: ModuleSource): Declarations {
  let known = declarations.get(source);
  if (known === undefined) {
    known = { compact: compact(source.text), names: new Map() };
    declarations.set(source, known);
  }
  return known;
}

function declares(source: ModuleSource, name: string): boolean {
  const { names } = declarationsOf(source);
  const declared = names.get(name) ?? findDeclaration(source, name);
  names.set(name, declared);
  return declared;
}

/** A name of an inner block counts too, as the function may be in that block. */
function findDeclaration(source: ModuleSource, name: string): boolean {
  const word = `(?<![\\w$.])${name.replaceAll("$", "\\$")}(?![\\w$])`;
  const bound = new RegExp(`(?<!type\\s+)${word}\\s*(?:,|\\}|from\\b)`);
  if (source.importStatements.some((statement) => bound.test(statement) && !givesGlobals.test(statement))) return true;
  const code = withoutComments(source.text);
  if (new RegExp(`(?<!declare\\s+)\\b(?:const|let|var|class|function\\s*\\*?)\\s+${word}`).test(code)) return true;
  const destructured = new RegExp(`\\b(?:const|let|var)\\s*[{[][^=;]*${word}\\s*[,=}\\]]`);
  return destructured.test(code);
}

/** Modules that give the globals themselves: `import process from "node:process"` hides nothing. */
const givesGlobals = /["'](?:node:)?(?:process|buffer|console|perf_hooks|timers|url|util)["']$/;

/** Roughly: a text with `//` in it loses its end, which only hides a declaration on that line. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
}
