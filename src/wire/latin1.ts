/** Short texts from their bytes, one byte per character. @module */

/** The longest text made in one go. */
export const LONGEST_PIECE = 64;

const { fromCharCode } = String;

// One array for each length: arguments from a plain array that is used again are several times faster than from a window on the bytes,
// and than the runtime's text decoder.
const units = Array.from({ length: LONGEST_PIECE + 1 }, (_, length) => new Array<number>(length).fill(0));

/** The Latin-1 text of at most {@linkcode LONGEST_PIECE} bytes at `start`. */
export function latin1Text(bytes: Uint8Array, start: number, length: number): string {
  switch (length) {
    case 0:
      return "";
    case 1:
      return fromCharCode(bytes[start]!);
    case 2:
      return fromCharCode(bytes[start]!, bytes[start + 1]!);
    case 3:
      return fromCharCode(bytes[start]!, bytes[start + 1]!, bytes[start + 2]!);
  }
  const list = units[length]!;
  for (let i = 0; i < length; i++) list[i] = bytes[start + i]!;
  return fromCharCode.apply(null, list);
}
