/**
 * Makes a function from the source that came for it.
 *
 * @module
 */
import { SerializationError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";
import type { AnyFunction, SourceReference } from "./types.ts";

/** Texts are evaluated once, so that the same function that comes twice is one object; a full cache starts anew. */
const evaluated = new Map<string, AnyFunction>();
const mostEvaluated = 1000;

/** The function of a source reference. */
export function evaluate(reference: SourceReference): AnyFunction {
  const key = `${reference.form} ${reference.name} ${reference.text}`;
  const known = evaluated.get(key);
  if (known !== undefined) return known;
  requireGlobals(reference);
  const fn = named(evaluateText(reference), reference.name);
  if (evaluated.size >= mostEvaluated) evaluated.clear();
  evaluated.set(key, fn);
  return fn;
}

function requireGlobals({ globals, name }: SourceReference): void {
  const missing = globals.filter((global) => !(global in globalThis));
  if (missing.length > 0) {
    throw new SerializationError(
      `Cannot make the function ${name || "(unnamed)"} here: it uses a global that ${runtime.name} ${runtime.version} does not have, ` +
        `received ${missing.join(", ")}`,
    );
  }
}

/** As strict code in the global scope: it sees nothing of this module. `__name` is what esbuild and tsx call in the functions that they print. */
function evaluateText({ form, text, name }: SourceReference): AnyFunction {
  const body = form === "method" ? `return ({ ${text}\n}).method` : `return (${text}\n)`;
  let fn: unknown;
  try {
    fn = new Function("__name", `"use strict"; ${body}`)((value: unknown) => value);
  } catch (error) {
    throw new SerializationError(`Cannot make the function ${name || "(unnamed)"} here: evaluating its source failed, received ${error}`, {
      cause: error,
    });
  }
  if (typeof fn !== "function") throw new SerializationError(`Cannot make a function: its source gives none, received ${typeof fn}`);
  return fn as AnyFunction;
}

/** A static `name` of a class stays what it is; unlike a function's own name it is enumerable, or no text. */
function named(fn: AnyFunction, name: string): AnyFunction {
  const own = Object.getOwnPropertyDescriptor(fn, "name");
  const isOwn = own !== undefined && (own.enumerable === true || typeof own.value !== "string");
  if (!isOwn && own?.value !== name) Object.defineProperty(fn, "name", { value: name, configurable: true });
  return fn;
}
