/** What cannot be pickled, and what to do about it. @module */
import type { SerializationError } from "../../base/errors.ts";
import { describe, refusal } from "../refuse.ts";

const advice: ReadonlyMap<string, string> = new Map([
  ["Date", "Send its time or its text:\n  date.getTime() / 1000    // datetime.fromtimestamp() there\n  date.toISOString()"],
  ["RegExp", "Send its pattern:\n  pattern.source"],
  ["URL", "Send its text:\n  url.href"],
  ["Promise", "Send what it resolves to:\n  await promise"],
  ["DataView", "Send its bytes:\n  new Uint8Array(view.buffer, view.byteOffset, view.byteLength)"],
  ["SharedArrayBuffer", "Send a copy:\n  new Uint8Array(shared).slice()"],
]);

/** For an object that has no form in Python. */
export function noPickle(where: string, value: object): SerializationError {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  const fix = advice.get(tag) ?? "Send its data, as a plain object:\n  { ...value }";
  return refusal(where, "pickle carries data and errors, no instances of other classes", describe(value), fix);
}

/** For a key that Python cannot hash. */
export function unhashable(where: string, value: object): SerializationError {
  const fix = "Freeze it: a frozen array is a tuple there, a frozen Set a frozenset:\n  Object.freeze([1, 2])";
  return refusal(where, "keys of a dict and items of a set must be immutable in Python", describe(value), fix);
}

/** For a frozen array, or an error, that is a part of itself. */
export function endlessTuple(where: string, value: object): SerializationError {
  const fix = "Do not freeze it: a list may contain itself, a tuple may not";
  return refusal(where, "what is immutable in Python cannot contain itself", describe(value), fix);
}
