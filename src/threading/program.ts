/** What a thread runs, as it travels. @module */
import { SerializationError } from "../base/errors.ts";
import type { AnyFunction } from "../process/program.ts";
import type { Place } from "./place.ts";

/** What a thread runs: a target with its arguments, or the `run()` of a class. */
export interface ThreadProgram {
  /** A subclass with a `run()` of its own; travels by reference like a function. `null`: the library's class. */
  class: { readonly prototype: object } | null;
  /** The object's own data, as Python's threads simply share the object. */
  fields: Record<string, unknown>;
  target: AnyFunction | null;
  args: readonly unknown[];
  place: Place;
}

/** The program as it came over. @throws {SerializationError} when it is none. */
export function checkThreadProgram(value: unknown): ThreadProgram {
  const program = value as ThreadProgram;
  const fine = typeof program === "object" && program !== null && Array.isArray(program.args) &&
    (program.target === null || typeof program.target === "function") && typeof program.place?.label === "string";
  if (!fine) throw new SerializationError("Cannot run a thread: its program does not decode to a target with arguments");
  return program;
}
