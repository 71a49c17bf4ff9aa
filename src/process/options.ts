/** What a Process is made from. @module */
import { checkContextOptions } from "./context_options.ts";
import type { ContextOptions } from "./start_method.ts";

/** What `new Process()` takes. */
export interface ProcessOptions<A extends readonly unknown[] = readonly unknown[]> extends ContextOptions {
  /** What the child calls; default: nothing. It travels by reference, see `task()`. */
  // deno-lint-ignore no-explicit-any -- the return value is dropped, and a method may return anything
  target?: ((...args: A) => any) | null;
  /** The target's arguments: any iterable. They are encoded in the call to `start()`. */
  args?: Readonly<NoInfer<A>> | (Iterable<NoInfer<A>[number]> & { readonly length?: never });
  /** Default `<class>-<number>`, such as `Process-1`, and `Process-1:2` for a grandchild. For people only. An empty name counts as none. */
  name?: string;
  /** Whether it ends with its creator and does not keep it alive. Default: the creator's own flag. */
  daemon?: boolean;
}

/** What is the unit's own, beside the options of its context. */
const ownOptions = ["target", "args", "name", "daemon"];

/** The options of a `type` of unit, if they are fine. @throws {TypeError} for a bad one, at the call that gave it. */
export function checkOptions<A extends readonly unknown[]>(options: ProcessOptions<A> | undefined, type = "Process"): ProcessOptions<A> {
  const given = options ?? {};
  if (typeof given !== "object") {
    throw new TypeError(`Cannot make a ${type}: options must be an object such as { target, args }, received ${typeof given}`);
  }
  const { target, args, name, daemon, ...context } = given;
  const fail = (what: string, must: string, value: unknown): never => {
    throw new TypeError(`Cannot make a ${type}: ${what} must be ${must}, received ${value === null ? "null" : typeof value}`);
  };
  if (target !== undefined && target !== null && typeof target !== "function") fail("target", "a function", target);
  if (args !== undefined && (typeof args !== "object" || args === null || !(Symbol.iterator in args))) {
    fail("args", "an array or another iterable", args);
  }
  if (name !== undefined && typeof name !== "string") fail("name", "a string", name);
  if (daemon !== undefined && typeof daemon !== "boolean") fail("daemon", "a boolean", daemon);
  const [foreign] = type === "Thread" ? Object.keys(context) : [];
  if (foreign !== undefined) {
    throw new TypeError(`Cannot make a Thread: the options are ${ownOptions.join(", ")}, received ${foreign}`);
  }
  checkContextOptions(context, "make a Process", ownOptions);
  return given;
}
