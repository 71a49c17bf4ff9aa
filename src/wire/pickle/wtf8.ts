/** Text as Python pickles it: UTF-8 in which a lone surrogate has a form of its own (`surrogatepass`). @module */
import { corrupt } from "../corrupt.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The text of such bytes. @throws {SerializationError} when they are none. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeWithSurrogates(bytes); // either a lone surrogate or no text at all: the slow way tells
  }
}

/** The three bytes of a surrogate: ED, A0 to BF, 80 to BF. */
function surrogateAt(bytes: Uint8Array, at: number): number | null {
  const [first, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (first !== 0xed || second === undefined || third === undefined) return null;
  if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) return null;
  return 0xd000 | ((second & 0x3f) << 6) | (third & 0x3f);
}

function decodeWithSurrogates(bytes: Uint8Array): string {
  let text = "";
  let start = 0;
  const flush = (end: number) => {
    if (end > start) text += decodeStrictly(bytes.subarray(start, end));
  };
  // 0xED begins a character and is never inside one, so it can be looked for.
  for (let at = bytes.indexOf(0xed); at !== -1; at = bytes.indexOf(0xed, at)) {
    const surrogate = surrogateAt(bytes, at);
    if (surrogate === null) {
      at++;
      continue;
    }
    flush(at);
    text += String.fromCharCode(surrogate);
    start = at += 3;
  }
  flush(bytes.length);
  return text;
}

function decodeStrictly(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch (error) {
    throw corrupt("a string is not UTF-8", error);
  }
}

/** The bytes of a text. */
export function encodeText(text: string): Uint8Array {
  if (text.isWellFormed()) return encoder.encode(text);
  const parts: Uint8Array[] = [];
  let size = 0;
  // The capture keeps the separators: whole stretches and lone surrogates take turns.
  for (const part of text.split(/([\ud800-\udfff])/u)) {
    const unit = part.charCodeAt(0);
    const isLone = part.length === 1 && unit >= 0xd800 && unit <= 0xdfff;
    const bytes = isLone ? Uint8Array.of(0xed, 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)) : encoder.encode(part);
    parts.push(bytes);
    size += bytes.length;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
