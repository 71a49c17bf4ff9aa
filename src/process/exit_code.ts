/** How a unit ends: Python's table for the code of a `SystemExit`, and the text of an uncaught error. @module */
import { formatError } from "../base/traceback.ts";
import type { UnitKind } from "./identity.ts";

/** The exit code for what a `SystemExit` was given, and the text that belongs on stderr (`null`: none). */
export function exitCodeOf(code: unknown): { code: number; text: string | null } {
  if (code === undefined || code === null || code === false) return { code: 0, text: null };
  if (code === true) return { code: 1, text: null };
  if (typeof code === "number" && Number.isInteger(code)) return { code: ((code % 256) + 256) % 256, text: null };
  if (typeof code === "bigint") return { code: Number(((code % 256n) + 256n) % 256n), text: null };
  if (Array.isArray(code) && code.length === 0) return { code: 0, text: null };
  return { code: 1, text: describe(code) };
}

function describe(code: unknown): string {
  try {
    if (typeof code !== "object" || code instanceof Error) return String(code);
    return JSON.stringify(code) ?? String(code);
  } catch {
    return String(code);
  }
}

/** What stands on stderr after an uncaught error, with the first line that Python gives a process, or a thread. */
export function uncaughtText({ kind, name }: { kind: UnitKind; name: string }, error: unknown): string {
  return `${kind === "thread" ? "Exception in thread" : "Process"} ${name}:\n${formatError(error)}\n`;
}
