/**
 * Functions in error messages.
 *
 * @module
 */
import type { AnyFunction } from "./types.ts";

const longest = 60;

/** A function's name for messages; the start of its source where it has none. */
export function describeFunction(fn: AnyFunction): string {
  const name: unknown = fn.name;
  return typeof name === "string" && name !== "" ? name : excerpt(fn);
}

/** What kind of function it is, for messages: `class`, or `function`. */
export function kindOf(fn: AnyFunction): "class" | "function" {
  return /^class\b/.test(textOf(fn)) ? "class" : "function";
}

/** The source text that the runtime prints for a function. */
export function textOf(fn: AnyFunction): string {
  return Function.prototype.toString.call(fn);
}

/** Whether the runtime shows no source for it: it is the runtime's own, or bound. */
export function isNative(fn: AnyFunction): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(textOf(fn));
}

/** The start of a function's source, on one line. */
export function excerpt(fn: AnyFunction): string {
  const line = textOf(fn).replace(/\s+/g, " ");
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** A short mark of a text: equal texts have equal marks. It guards against mistakes, not against attackers. */
export function textMark(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  return `${text.length}-${(high >>> 0).toString(36)}-${(low >>> 0).toString(36)}`;
}
