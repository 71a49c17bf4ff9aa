/**
 * How this library imports a user's module, and how the process layer can tell what kind of code is running.
 *
 * @module
 */
import { newScope } from "../runtime/scope.ts";

/** What the running code belongs to: a module that we import, a unit's target, or neither. */
export type Bootstrap = "importing" | "target" | "none";

const scope = newScope<"importing" | "target">();

/** Imports a module; whatever its top level runs or schedules is marked, so that no unit can be started from there. */
export function importModule(url: string): Promise<Record<string, unknown>> {
  return scope.run("importing", () => import(url));
}

/** What the running code belongs to. On Bun an `import()` does not carry the mark, so a module's top level is `"none"` there. */
export function bootstrapScope(): Bootstrap {
  return scope.current() ?? "none";
}

/** Runs a unit's target: it may start units, and so may all that it calls and schedules. */
export function runAsTarget<T>(fn: () => T): T {
  return scope.run("target", fn);
}
