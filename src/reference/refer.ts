/**
 * From a function to its reference: the four rules, in the caller.
 *
 * @module
 */
import { runtime } from "../runtime/runtime.ts";
import { globalReference } from "./global_functions.ts";
import { references } from "./cache.ts";
import { isNative, kindOf } from "./describe.ts";
import { isUnfinished } from "./known_modules.ts";
import { loadedEntry } from "./module_graph.ts";
import { nativeRefusal, refusal } from "./refusal.ts";
import { findFar, findNear, findWhereDefined, type ReadModule, readModules } from "./search.ts";
import { selfContained } from "./self_contained.ts";
import { userFrames } from "./stack.ts";
import type { AnyFunction, Reference } from "./types.ts";

/**
 * How a function travels. Reads the call stack at once when it does not know the function, so it is to be called
 * in the same turn as the user's call.
 *
 * @param where The function's place in the value that is sent, for messages.
 * @throws {SerializationError} When the function cannot travel; then the promise rejects.
 */
export function referenceOf(fn: AnyFunction, where?: string): Reference | Promise<Reference> {
  const known = references.get(fn);
  if (known !== undefined) return known;
  const global = globalReference(fn);
  if (global !== null) {
    references.set(fn, global);
    return global;
  }
  const search: Promise<Reference> = look(fn, where, userFrames(runtime.callSites())).then(
    (reference) => settle(fn, search, reference),
    (error: unknown) => {
      // Another call, from another place, may find it.
      settle(fn, search, undefined);
      throw error;
    },
  );
  references.set(fn, search);
  return search;
}

/** A `task()` that came in the meantime stays. */
function settle<T extends Reference | undefined>(fn: AnyFunction, search: Promise<Reference>, reference: T): T {
  if (references.get(fn) === search) {
    if (reference === undefined) references.delete(fn);
    else references.set(fn, reference);
  }
  return reference;
}

async function look(fn: AnyFunction, where: string | undefined, urls: readonly string[]): Promise<Reference> {
  const stack = await readModules(urls);
  const near = await findNear(fn, stack);
  if (near !== null) return near;
  const native = isNative(fn);
  // A class that went as source would be another class there, and `instanceof` would fail: look everywhere first.
  const early = native || kindOf(fn) === "class" ? null : await asSource(fn, stack);
  if (early?.kind === "source") return early;
  const far = await findFar(fn, stack);
  if (far !== null) return far;
  const definedIn = native ? null : await runtime.moduleOf(fn as (...args: never[]) => unknown);
  const there = await findWhereDefined(fn, definedIn);
  if (there !== null) return there;
  if (native) throw nativeRefusal(fn, where);
  const last = early ?? await asSource(fn, stack);
  if (last.kind === "source") return last;
  throw refusal(fn, {
    where,
    captures: last,
    stack: urls,
    unfinished: urls.filter(isUnfinished),
    unread: stack.filter(({ source }) => !source.isRead).map(({ url }) => url),
    definedIn,
    noProgram: runtime.entryUrl() === null,
  });
}

/** A stack may lack the program (tail calls on Bun), which is where most functions come from. */
async function asSource(fn: AnyFunction, stack: readonly ReadModule[]): ReturnType<typeof selfContained> {
  const entry = loadedEntry();
  const rest = entry === null || stack.some(({ url }) => url === entry) ? [] : await readModules([entry]);
  return await selfContained(fn, [...stack, ...rest].map(({ source }) => source));
}
