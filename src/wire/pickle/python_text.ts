/** What Python would print, roughly: for messages of errors only. @module */
import { pythonNames } from "./exception_names.ts";

/** Longer texts are cut: a message is read by people, and one large argument may stand in many errors. */
const LONGEST = 300;

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** `repr(value)` of simple values; of others what they are. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "number") return String(value);
  if (typeof value === "bigint") return value > -(10n ** 30n) && value < 10n ** 30n ? String(value) : "an int";
  if (typeof value === "string") return quoted(cut(value));
  if (value instanceof Uint8Array) return "bytes";
  if (Array.isArray(value)) return Object.isFrozen(value) ? "a tuple" : "a list";
  if (value instanceof Map) return "a dict";
  if (value instanceof Set) return "a set";
  return "an object";
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return quote + (quote === "'" ? body.replaceAll("'", "\\'") : body) + quote;
}

/** `str(exception)`. */
export function pythonMessage(name: string, args: readonly unknown[]): string {
  const [first, second, third] = args;
  if (args.length === 0) return "";
  if (args.length === 1) return typeof first === "string" && name !== "builtins.KeyError" ? first : pythonRepr(first);
  if (pythonNames.osErrors.has(name) && typeof first === "number" && typeof second === "string") {
    return `[Errno ${first}] ${second}${third === undefined || third === null ? "" : `: ${pythonRepr(third)}`}`;
  }
  const shown = args.slice(0, 5).map(pythonRepr);
  return `(${shown.join(", ")}${args.length > shown.length ? ", …" : ""})`;
}
