/**
 * Who owns a re-entrant lock: a scope, which follows the code that it started.
 *
 * A unit is one scope, a Pool task is one, and so is every `run(fn)` of a re-entrant lock. A scope that is opened by `run` knows those around
 * it: its path, from itself to the outermost. Scopes are numbered in each unit; the object server tells units apart by their connections.
 *
 * @module
 */
import { newScope } from "../runtime/scope.ts";

/** The numbers of a scope and of those around it, innermost first. */
export type OwnerPath = readonly number[];

const UNIT: OwnerPath = [0];
const scope = newScope<OwnerPath>();
let next = 1;
/** Whether this unit has ever had a lock that asks for its owner. */
let inUse = false;

/** To be called before the first lock that asks for its owner is used. */
export function useOwners(): void {
  inUse = true;
}

/** The scope of the running code. */
export function ownerPath(): OwnerPath {
  return scope.current() ?? UNIT;
}

/** A new scope inside that of the running code. */
export function innerOwner(): OwnerPath {
  return [next++, ...ownerPath()];
}

/** Calls `fn` in a scope. */
export function runAs<T>(path: OwnerPath, fn: () => T): T {
  return scope.run(path, fn);
}

/**
 * Calls a Pool task: a scope of its own, with nothing around it. Entering one costs a microsecond, which small tasks would notice, so it is not done
 * before there is a lock. The task that makes the first one is in the scope of the unit, where nobody else can have taken that lock.
 */
export function runAsTask<T>(fn: () => T): T {
  return inUse ? scope.run([next++], fn) : fn();
}
