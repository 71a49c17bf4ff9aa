/**
 * Rule 1: functions that a program registers itself.
 *
 * @module
 */
import { runtime } from "../runtime/runtime.ts";
import { references } from "./cache.ts";
import type { AnyFunction } from "./types.ts";

/** The functions that one evaluation of one module registered. */
interface Registered {
  /** A module that is evaluated again (`--hot`) has another `import.meta`, and then takes its keys back. */
  meta: ImportMeta;
  unnamed: number;
  functions: Map<string, AnyFunction>;
}

const modules = new Map<string, Registered>();

/**
 * Makes a function of a module shippable, exported or not. Returns the function itself.
 *
 * - Call it at the module's top level, outside the main guard: a child imports the module and finds the function under its key.
 * - The key is `name`, else the function's own name, else its number among the module's unnamed tasks.
 * - The function may use all that its module has; each unit has its own copy of the module's variables.
 *
 * *Differs from Python*, where only functions at the top level of a module can be pickled.
 *
 * @param meta The module's `import.meta`.
 * @param fn The function or class.
 * @param name The key, where the function's own name is not unique in its module.
 * @throws {TypeError} When `meta` has no `url`, `fn` is not a function, or `name` is no text.
 * @throws {RangeError} When another function of the module has that key.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 *
 * const rate = 1.2;
 * const withTax = mp.task(import.meta, (price: number) => price * rate);
 *
 * if (mp.isMain(import.meta)) {
 *   await using pool = new mp.Pool(2);
 *   console.log(await pool.map(withTax, [10, 20])); // [12, 24]
 * }
 * ```
 */
export function task<F extends AnyFunction>(meta: ImportMeta, fn: F, name?: string): F {
  const module: unknown = meta?.url;
  if (typeof module !== "string") {
    throw new TypeError(`Cannot register a task: its first argument must be the module's import.meta, received ${String(meta)}`);
  }
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot register a task of ${module}: it must be a function or a class, received ${String(fn)}`);
  }
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(`Cannot register a task of ${module}: its name must be a text, received ${String(name)}`);
  }
  // A program from eval, a REPL or stdin is no module that a child could import: there the other rules decide.
  if (runtime.entryUrl() === null && runtime.isMain(meta)) return fn;
  const registered = registeredBy(module, meta);
  const key = keyOf(registered, fn, name);
  const other = registered.functions.get(key);
  if (other !== undefined && other !== fn) throw duplicateKey(module, key);
  registered.functions.set(key, fn);
  references.set(fn, { kind: "task", module, key });
  return fn;
}

/** The function that a module registered under a key. */
export function registeredTask(module: string, key: string): AnyFunction | undefined {
  return modules.get(module)?.functions.get(key);
}

/** The keys that a module registered. */
export function taskKeys(module: string): string[] {
  return [...modules.get(module)?.functions.keys() ?? []];
}

function registeredBy(module: string, meta: ImportMeta): Registered {
  let registered = modules.get(module);
  if (registered?.meta !== meta) {
    registered = { meta, unnamed: 0, functions: new Map() };
    modules.set(module, registered);
  }
  return registered;
}

function keyOf(registered: Registered, fn: AnyFunction, name: string | undefined): string {
  if (name !== undefined) return name;
  const own: unknown = fn.name;
  if (typeof own === "string" && own !== "") return own;
  for (const [key, known] of registered.functions) if (known === fn) return key;
  return String(registered.unnamed++);
}

function duplicateKey(module: string, key: string): RangeError {
  return new RangeError(
    `Cannot register a task of ${module}: another function of that module has its key, received ${JSON.stringify(key)}\n` +
      `Give one of them a name of its own:\n  task(import.meta, ${nameInCode(key)}, "another name")`,
  );
}

function nameInCode(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? key : "fn";
}
