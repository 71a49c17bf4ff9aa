/**
 * The modules on the call stack. V8 and JavaScriptCore both give structured call sites to `Error.prepareStackTrace`;
 * they differ in what they say about a module's address.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import type { RuntimeName, StackFrame } from "./types.ts";

interface CallSite {
  getFileName(): string | null | undefined;
  getScriptNameOrSourceURL?(): string | null | undefined;
}

interface StackTraceHooks {
  prepareStackTrace?: unknown;
  stackTraceLimit: number;
  captureStackTrace(target: object, above: (...args: never[]) => unknown): void;
}

/** A recursion deeper than this hides the modules that started it. */
const frameLimit = 100;

/** The frames above the caller of this function, nearest first. */
export function callSites(name: RuntimeName): StackFrame[] {
  return rawSites().map((site) => ({ url: moduleUrl(scriptName(name, site)) }));
}

/** The hooks are global, so they are set and put back with no other code in between. */
function rawSites(): CallSite[] {
  const hooks = Error as unknown as StackTraceHooks;
  const { prepareStackTrace, stackTraceLimit } = hooks;
  const target: { stack?: unknown } = {};
  try {
    hooks.stackTraceLimit = frameLimit;
    hooks.prepareStackTrace = (_error: unknown, sites: CallSite[]) => sites;
    hooks.captureStackTrace(target, callSites);
    return Array.isArray(target.stack) ? target.stack : [];
  } finally {
    hooks.prepareStackTrace = prepareStackTrace;
    hooks.stackTraceLimit = stackTraceLimit;
  }
}

/** Deno's `getFileName()` goes through source maps and so names no module that could be imported. */
function scriptName(name: RuntimeName, site: CallSite): string | null {
  const found = name === "deno" ? site.getScriptNameOrSourceURL?.() : site.getFileName();
  return found ?? null;
}

const isPath = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/;
/** What no child can import: the runtimes' own modules, and the names they give to eval, stdin and REPL programs. */
const isNoModule = /^(?:node|ext|internal|bun|native|evalmachine|wasm):|^\[|\$deno\$|\/\[(?:eval|stdin|worker eval)\d*\]$|^REPL\d*$/;

function moduleUrl(name: string | null): string | null {
  if (name === null || isNoModule.test(name)) return null;
  if (isPath.test(name)) return pathToFileURL(name).href;
  return URL.canParse(name) ? name : null;
}
