/** Errors always travel: what cannot come along with one is replaced by its text. @module */
import { errorNameOf } from "./builtin.ts";
import type { Encoder } from "./encoder.ts";
import type { FunctionLike } from "./hooks.ts";
import { safeText } from "./refuse.ts";
import * as tag from "./tags.ts";

/** What some engines add to every error about the place where it was made here; the stack has it all. */
const ENGINE_PROPERTIES: ReadonlySet<string> = new Set(["line", "column", "sourceURL", "originalLine", "originalColumn"]);

/** What everybody reads of an error, whatever its class. */
const READ_BY_ALL = ["name", "message", "cause"];

/** Writes an error of any class. */
export function encodeErrorObject(encoder: Encoder, error: object, prototype: object): void {
  encoder.meet(error);
  encoder.byte(tag.ERROR);
  encodeClass(encoder, error, prototype);
  encodeRest(encoder, error, READ_BY_ALL.filter((name) => !Object.hasOwn(error, name) && isGetter(prototype, name)));
}

/** Writes a DOMException: it is made by its own constructor on the other side. @throws {TypeError} when it is none. */
export function encodeDomException(encoder: Encoder, error: DOMException): void {
  const { message, name } = error; // native getters: they refuse an object that only inherits them
  encoder.meet(error);
  encoder.byte(tag.DOM_EXCEPTION);
  encoder.string(message);
  encoder.string(name);
  encodeRest(encoder, error, []);
}

function encodeClass(encoder: Encoder, error: object, prototype: object): void {
  const known = errorNameOf(prototype);
  if (known !== undefined) {
    encoder.byte(tag.ERROR_NAMED);
    return encoder.string(known);
  }
  const index = classIndex(encoder, prototype);
  if (index === undefined) {
    encoder.byte(tag.ERROR_NAME_ONLY);
  } else {
    encoder.byte(tag.ERROR_OF_CLASS);
    encoder.varuint(index);
  }
  encoder.string(safeText(read(error, "name") ?? "Error"));
}

/** The reference to an error's class, or `undefined` when it cannot travel: the error then arrives as an `Error` of that name. */
function classIndex(encoder: Encoder, prototype: object): number | undefined {
  const cls = read(prototype, "constructor");
  if (encoder.surroundings.functions === undefined || typeof cls !== "function" || cls.prototype !== prototype) return undefined;
  try {
    return encoder.functionIndex(cls as FunctionLike, true);
  } catch {
    return undefined; // whatever the reason: the error itself matters more than its class
  }
}

/**
 * Whether a class has a getter for a property. What it gives travels in its place: over there it may need private fields, which only the constructor
 * makes, and would throw at everybody who looks at the error.
 */
function isGetter(prototype: object, name: string): boolean {
  for (let level: object | null = prototype; level !== null; level = Object.getPrototypeOf(level)) {
    const property = Object.getOwnPropertyDescriptor(level, name);
    if (property !== undefined) return property.get !== undefined;
  }
  return false;
}

/** @param inherited Properties that are not its own and travel as if they were. */
function encodeRest(encoder: Encoder, error: object, inherited: string[]): void {
  const stack = read(error, "stack");
  encoder.value(typeof stack === "string" ? stack : undefined, "stack");
  const names = Object.getOwnPropertyNames(error).filter((name) => name !== "stack");
  const isEnumerable = (name: string) => Object.prototype.propertyIsEnumerable.call(error, name);
  const hidden = names.filter((name) => !isEnumerable(name) && !ENGINE_PROPERTIES.has(name));
  encodeProperties(encoder, error, [...hidden, ...inherited], true);
  encodeProperties(encoder, error, names.filter(isEnumerable), false);
}

function encodeProperties(encoder: Encoder, error: object, names: string[], hidden: boolean): void {
  const properties = names.map((name) => [name, read(error, name)] as const).filter(([name, value]) => {
    // Methods stay at home: hidden ones are the runtime's, and a text in place of toString would break every message.
    return typeof value !== "function" || !(hidden || name in Object.prototype);
  });
  encoder.varuint(properties.length);
  for (const [name, value] of properties) {
    encoder.key(name);
    encodeLeniently(encoder, value, name);
  }
}

/** Writes a value, or what can be said about it. */
function encodeLeniently(encoder: Encoder, value: unknown, step: string | number): void {
  if (attempt(encoder, () => encoder.value(value, step))) return;
  // The errors of an AggregateError stay a list, whatever is among them.
  if (step === "errors" && Array.isArray(value) && attempt(encoder, () => encodeList(encoder, value))) return;
  encoder.string(safeText(value));
}

/** Writes something, or nothing when that fails. */
function attempt(encoder: Encoder, write: () => void): boolean {
  const mark = encoder.mark();
  const lenient = encoder.lenient;
  encoder.lenient = true;
  try {
    encoder.nesting.whole(write);
    return true;
  } catch {
    encoder.backTo(mark); // the failure itself is of no interest: an error must arrive, and this is not its message
    return false;
  } finally {
    encoder.lenient = lenient;
  }
}

function encodeList(encoder: Encoder, values: unknown[]): void {
  encoder.meet(values);
  encoder.byte(tag.ARRAY);
  encoder.varuint(values.length);
  for (let i = 0; i < values.length; i++) encodeLeniently(encoder, values[i], i);
}

function read(object: object, name: string): unknown {
  try {
    return (object as Record<string, unknown>)[name];
  } catch (error) {
    return `(reading it failed: ${safeText(error)})`;
  }
}
