/**
 * How this library imports a user's module, and how the process layer can tell what kind of code is running.
 *
 * @module
 */
import { newScope } from "../runtime/scope.ts";

/** What the running code belongs to: a module that we import, a unit's target, or neither. */
export type Bootstrap = "importing" | "target" | "none";

/** An object: the piece of a target's work that is running, for whoever gave it to {@linkcode runAsTarget}. */
const scope = newScope<"importing" | "target" | object>();

/** Imports a module; whatever its top level runs or schedules is marked, so that no unit can be started from there. */
export function importModule(url: string): Promise<Record<string, unknown>> {
  return scope.run("importing", () => import(url));
}

/** What the running code belongs to. On Bun an `import()` does not carry the mark, so a module's top level is `"none"` there. */
export function bootstrapScope(): Bootstrap {
  const mark = scope.current();
  return typeof mark === "object" ? "target" : mark ?? "none";
}

/**
 * Runs a unit's target: it may start units, and so may all that it calls and schedules.
 *
 * @param work The piece of work that this is, which `currentWork()` gives in all of it: one scope for both, since entering one costs up to half a microsecond.
 */
export function runAsTarget<T>(fn: () => T, work?: object): T {
  return scope.run(work ?? "target", fn);
}

/** The piece of work that the running code belongs to, or `null`. */
export function currentWork(): object | null {
  const mark = scope.current();
  return typeof mark === "object" ? mark : null;
}
