/** What a child runs, as it travels: a target with its arguments, or a subclass with its own `run()`. @module */
import { SerializationError } from "../base/errors.ts";
import { type Audience, encodeValue, type Undo } from "../reference/value.ts";

/** A function of any kind. */
export type AnyFunction = (...args: never[]) => unknown;

/** A class whose instances can be made from their fields. */
export interface SubclassProgram {
  /** The class; travels by reference like a function. */
  class: { readonly prototype: object };
  /** The instance's own data, as Python pickles an object's `__dict__`. */
  fields: Record<string, unknown>;
}

/** What a child runs. */
export interface Program {
  target: AnyFunction | null;
  args: readonly unknown[];
  /** Set when a subclass overrides `run()`. */
  subclass: SubclassProgram | null;
}

/** Encodes a program in the call to `start()`. @throws {SerializationError} when something in it cannot travel. */
export function encodeProgram(program: Program, carried: Undo[], audience: Audience): Uint8Array | Promise<Uint8Array> {
  return encodeValue(program, "process", carried, audience);
}

/** The program as it came over. @throws {SerializationError} when it is none. */
export function checkProgram(value: unknown): Program {
  const program = value as Program;
  const fine = typeof program === "object" && program !== null && Array.isArray(program.args) &&
    (program.target === null || typeof program.target === "function");
  if (!fine) throw new SerializationError("Cannot run a process: its program does not decode to a target with arguments");
  return program;
}
