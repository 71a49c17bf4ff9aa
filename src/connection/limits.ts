/** Limits that a caller sets. @module */
import { LONGEST_FRAME } from "./socket_channel.ts";

/** The longest message to accept, in bytes. @throws {TypeError} or {RangeError} when it is no length. */
export function checkMaxMessage(length: number | null | undefined, verb: string): number {
  if (length === undefined || length === null) return LONGEST_FRAME;
  if (typeof length !== "number" || Number.isNaN(length)) {
    throw new TypeError(`Cannot ${verb}: maxMessageLength must be a number of bytes, received ${String(length)}`);
  }
  if (length < 0) throw new RangeError(`Cannot ${verb}: maxMessageLength must not be negative, received ${length}`);
  return Math.min(length, LONGEST_FRAME);
}
