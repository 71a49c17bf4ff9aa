/**
 * The errors for functions that cannot travel.
 *
 * @module
 */
import { SerializationError } from "../base/errors.ts";
import { methodCall } from "./global_functions.ts";
import { describeFunction, excerpt, kindOf } from "./describe.ts";
import type { FreeName } from "./free_names.ts";
import type { Captures } from "./self_contained.ts";
import type { AnyFunction } from "./types.ts";

/** What is known about a function that no rule can send. */
export interface Findings {
  /** The function's place in the value that is sent. */
  where: string | undefined;
  captures: Captures;
  /** The user's modules on the call stack. */
  stack: readonly string[];
  /** Those of them that are still being evaluated. */
  unfinished: readonly string[];
  /** Those of them whose text could not be read. */
  unread: readonly string[];
  /** Where the runtime says that it was defined. */
  definedIn: string | null;
  /** The program comes from eval, a REPL or standard input. */
  noProgram: boolean;
}

/** Refuses a native or bound function, before anything is looked for. */
export function nativeRefusal(fn: AnyFunction, where?: string): SerializationError {
  const name = describeFunction(fn);
  const bound = name.startsWith("bound ");
  const call = bound ? `pool.apply(${name.slice("bound ".length) || "fn"}, [value, ...args])` : callOf(fn, name);
  return new SerializationError(
    `Cannot send the function ${name}${at(where)}: ${
      bound ? "it is bound to values that stay where it was made" : "it is native, so it has no source, and no module exports it"
    }, received ${excerpt(fn)}\n${
      bound ? "Send the function itself, with those values as arguments" : "Call it from a function of your own"
    }:\n  ${call}`,
  );
}

function callOf(fn: AnyFunction, name: string): string {
  const method = methodCall(fn);
  return method === null ? `(...args) => ${name}(...args)` : `(value, ...args) => ${method}`;
}

/** Refuses a function that is neither registered nor exported nor self-contained. */
export function refusal(fn: AnyFunction, findings: Findings): SerializationError {
  const kind = kindOf(fn);
  const reason = reasonOf(findings.captures);
  return new SerializationError(
    [
      `Cannot send the ${kind} ${describeFunction(fn)}${at(findings.where)}: ${reason}, received ${excerpt(fn)}`,
      ...notes(findings),
      ...fix(fn, findings),
    ].join("\n"),
  );
}

function at(where: string | undefined): string {
  return where === undefined || where === "" ? "" : ` at ${where}`;
}

function reasonOf({ names, unreadable }: Captures): string {
  const unknown = "it is neither registered nor found among the exports of a module";
  return unreadable !== null ? `${unknown}, and ${unreadable}` : `${unknown}, and it captures ${list(names)}`;
}

function list(names: readonly FreeName[]): string {
  const parts = names.map(({ name, line }) => `${name} (line ${line})`);
  const last = parts.pop() ?? "";
  return parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
}

function notes({ stack, unfinished, unread, definedIn, noProgram }: Findings): string[] {
  if (noProgram) return ["A program from eval, a REPL or standard input is no module that another unit could import"];
  const unknown = unfinished.filter((url) => unread.includes(url));
  if (unknown.length > 0) {
    return unknown.map((url) =>
      `${url} is still being evaluated, and its exports are not known: it is neither JavaScript nor TypeScript without JSX`
    );
  }
  if (definedIn !== null) return [`It is defined in ${definedIn}, which does not export it`];
  if (stack.length === 0) return ["No module is on the call stack here, as in a callback like .then(() => …), so its module is not known"];
  return unfinished.map((url) => `${url} is still being evaluated, so its exports could be compared by name only`);
}

function fix(fn: AnyFunction, { noProgram }: Findings): string[] {
  const name: unknown = fn.name;
  const identifier = typeof name === "string" && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : "fn";
  if (noProgram) {
    return ["Put it in a module and refer to that:", `  functionRef(new URL("file:///path/to/module.ts"), ${JSON.stringify(identifier)})`];
  }
  return [
    "Give it what it captures as arguments, or register it at the top level of its module, or export it there:",
    `  task(import.meta, ${identifier})`,
  ];
}
