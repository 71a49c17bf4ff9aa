/**
 * Functions of the runtime by name: `Math.sqrt`, `console.log`, `Number`.
 *
 * @module
 */
import { SerializationError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";
import { isNative } from "./describe.ts";
import { languageGlobals } from "./standard_globals.ts";
import type { AnyFunction, GlobalReference } from "./types.ts";

/** Globals, but for a function of the program that has taken the place of one before this library was loaded: that has another name. */
const globals = new Map<unknown, string>();
for (const name of languageGlobals) {
  const value = dataOf(globalThis, name);
  if (typeof value === "function" && value.name === name) globals.set(value, name);
}

let members: Map<unknown, string> | null = null;

/** The reference of a function that every unit finds by its name, or `null`. */
export function globalReference(fn: AnyFunction): GlobalReference | null {
  const path = globals.get(fn) ?? memberPath(fn);
  return path === null ? null : { kind: "global", path };
}

function memberPath(fn: AnyFunction): string | null {
  if (!isNative(fn)) return null;
  members ??= collectMembers();
  const path = members.get(fn);
  // What a program has put there is not taken: a bound function has another name.
  return path !== undefined && path.endsWith(`.${fn.name}`) ? path : null;
}

function collectMembers(): Map<unknown, string> {
  const found = new Map<unknown, string>();
  for (const name of languageGlobals) {
    const owner = dataOf(globalThis, name);
    // Of the process each unit has its own.
    if (!isObject(owner) || owner === globalThis || name === "process") continue;
    for (const key of Object.getOwnPropertyNames(owner)) {
      const value = dataOf(owner, key);
      if (typeof value === "function" && !found.has(value)) found.set(value, `${name}.${key}`);
    }
  }
  return found;
}

/** Without a call of a getter, which may load things. */
function dataOf(owner: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(owner, name)?.value;
}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

/** How a method of a built-in class is called, for messages: `value.trim(...args)`; `null` for any other function. */
export function methodCall(fn: AnyFunction): string | null {
  for (const name of languageGlobals) {
    const owner = dataOf(globalThis, name);
    const prototype = typeof owner === "function" ? dataOf(owner, "prototype") : undefined;
    if (isObject(prototype) && dataOf(prototype, fn.name) === fn) return `value.${fn.name}(...args)`;
  }
  return null;
}

/** The function of that name here. @throws {SerializationError} this runtime has none. */
export function globalFunction({ path }: GlobalReference): AnyFunction {
  const names = path.split(".");
  let value: unknown = languageGlobals.has(names[0]!) ? globalThis : undefined;
  for (const name of names) value = isObject(value) ? dataOf(value, name) : undefined;
  if (typeof value === "function") return value as AnyFunction;
  throw new SerializationError(`Cannot find the global function ${path}: ${runtime.name} ${runtime.version} does not have it`);
}
