/** Text as bytes for others to read. @module */

/**
 * A text as UTF-8, which has no form for half a surrogate pair: two different texts would become the same bytes.
 *
 * @param text Any text. @param rule What must be UTF-8, after `Cannot`: `"send a note: its text"`.
 * @throws {RangeError} when a half is in it, as Python's `UnicodeEncodeError`.
 */
export function utf8Of(text: string, rule: string): Uint8Array {
  if (text.isWellFormed()) return new TextEncoder().encode(text);
  throw new RangeError(`Cannot ${rule} must be encodable as UTF-8, received half a surrogate pair`);
}
