/**
 * What the text of a module tells: the modules it imports and the names it exports.
 *
 * @module
 */
import { runtime } from "../runtime/runtime.ts";

/** An export as the text spells it. */
export interface NamedExport {
  name: string;
  /** The name inside the module, where the text has one. */
  local: string | undefined;
}

/** What is known of a module's text. */
export interface ModuleSource {
  text: string;
  /** Whether the text could be read; else nothing but the text is known. */
  isRead: boolean;
  /** Specifiers of `import … from` and `export … from`, without those of types only. */
  imports: string[];
  /** Specifiers of `import("…")`. */
  dynamicImports: string[];
  exports: NamedExport[];
  /** The `import … from` statements themselves, without those of types only. */
  importStatements: string[];
}

const sources = new Map<string, Promise<ModuleSource | null>>();

/** Reads a module's text, once; `null` when it cannot be read or is no module text. */
export function moduleSource(url: string): Promise<ModuleSource | null> {
  let source = sources.get(url);
  if (source === undefined) {
    source = readModule(url);
    sources.set(url, source);
  }
  return source;
}

async function readModule(url: string): Promise<ModuleSource | null> {
  const text = runtime.readSource(url);
  if (text === null) return null;
  const { init, parse } = await import("es-module-lexer");
  await init;
  try {
    const [imports, exports] = parse(isTypeScript(url) ? withoutAssertions(text) : text);
    const named = imports.filter(({ n, a }) => n !== undefined && a === -1);
    const linked = named.filter(({ d, ss, se }) => d === -1 && !isTypeOnly(text.slice(ss, se)));
    return {
      text,
      isRead: true,
      imports: linked.map(({ n }) => n as string),
      dynamicImports: named.filter(({ d }) => d >= 0).map(({ n }) => n as string),
      exports: exports.map(({ n, ln }) => ({ name: n, local: ln })),
      importStatements: linked.map(({ ss, se }) => text.slice(ss, se)),
    };
  } catch {
    // JSX, or a syntax that the lexer does not know.
    return { text, isRead: false, imports: [], dynamicImports: [], exports: [], importStatements: [] };
  }
}

function isTypeScript(url: string): boolean {
  return /\.[mc]?tsx?(?:[?#]|$)/.test(url);
}

/** Without the `!` of `x! / y`, which is not JavaScript: the lexer would take the division for the start of a regular expression. Every place stays where it is. */
function withoutAssertions(text: string): string {
  return text.replace(/(?<=[\w$)\]])!+(?=\s*\/)/g, (marks) => " ".repeat(marks.length));
}

/** Imports of types are gone when the module runs, so what they name may not be loaded. */
function isTypeOnly(statement: string): boolean {
  if (/^(?:import|export)\s+type\b(?!\s*(?:,|from\b))/.test(statement)) return true;
  const names = /^(?:import|export)\s*\{([^}]*)\}/.exec(statement)?.[1]?.split(",").filter((name) => name.trim() !== "");
  return names !== undefined && names.length > 0 && names.every((name) => /^\s*type\s+\S/.test(name));
}

/** The URL that an `import` in the module at `from` means, where its text alone tells; else `null`. */
export function linkedUrl(specifier: string, from: string): string | null {
  if (/^(?:\.{0,2}\/|\.{1,2}$)/.test(specifier)) return URL.canParse(specifier, from) ? new URL(specifier, from).href : null;
  return URL.canParse(specifier) ? specifier : null;
}
