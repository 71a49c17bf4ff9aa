/** When two values are one in Python: keys of dicts, items of lists. @module */
import { hex } from "../../base/hex.ts";
import { pickleEncode } from "../../wire/pickle/pickle.ts";
import { reduceManagerObject } from "./tokens.ts";

/** The same text for equal values, another for others. Equal frozensets in another order count as different. */
export function identityOf(value: unknown): string | number | bigint | null {
  if (typeof value === "string") return `s${value}`;
  if (typeof value === "boolean") return Number(value); // True == 1
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (value === null || value === undefined) return null;
  const bytes = pickleEncode(value, { reduce: reduceManagerObject });
  return `p${hex(bytes)}`;
}

/** Whether two values are equal in Python. */
export function isEqual(a: unknown, b: unknown): boolean {
  return identityOf(a) === identityOf(b);
}

/** Deeper parts are not shown. */
const DEEPEST = 8;
/** More items are not shown. */
const MOST = 1000;

/** `repr(value)`. */
export function reprOf(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
  if (typeof value !== "object") return String(value);
  if (depth >= DEEPEST) return "...";
  const all = (items: Iterable<unknown>) => {
    const shown: string[] = [];
    for (const item of items) {
      if (shown.length === MOST) return [...shown, "..."].join(", ");
      shown.push(reprOf(item, depth + 1));
    }
    return shown.join(", ");
  };
  if (Array.isArray(value)) {
    if (!Object.isFrozen(value)) return `[${all(value)}]`;
    return value.length === 1 ? `(${all(value)},)` : `(${all(value)})`;
  }
  if (value instanceof Set) return value.size === 0 ? "set()" : `{${all(value)}}`;
  if (!(value instanceof Map)) return `<${Object.prototype.toString.call(value).slice(8, -1)}>`;
  const pairs = Array.from(value, ([key, item]) => `${reprOf(key, depth + 1)}: ${reprOf(item, depth + 1)}`);
  return `{${pairs.slice(0, MOST).join(", ")}}`;
}
