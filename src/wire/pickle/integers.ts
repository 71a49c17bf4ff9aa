/** Python's integers: any size, little-endian two's complement. @module */

/** An integer as it arrives: a number where that is exact, else a bigint. */
export function narrow(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The integer of such bytes; none are 0. @throws {RangeError} when this runtime has no bigint of that size. */
export function fromTwosComplement(bytes: Uint8Array): number | bigint {
  const length = bytes.length;
  if (length === 0) return 0;
  const isNegative = (bytes[length - 1]! & 0x80) !== 0;
  if (length <= 6) {
    let value = 0;
    for (let i = length - 1; i >= 0; i--) value = value * 0x100 + bytes[i]!;
    return isNegative ? value - 2 ** (8 * length) : value;
  }
  const digits = new Array<string>(length);
  // The complement of a negative one is its magnitude less one, so no large subtraction is needed.
  for (let i = 0; i < length; i++) digits[length - 1 - i] = hexOf[isNegative ? bytes[i]! ^ 0xff : bytes[i]!]!;
  const value = BigInt(`0x${digits.join("")}`);
  return narrow(isNegative ? ~value : value);
}

/** The fewest bytes of an integer, as CPython writes them. */
export function toTwosComplement(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array(0);
  const isNegative = value < 0n;
  let digits = (isNegative ? ~value : value).toString(16);
  if (digits.length % 2 === 1) digits = `0${digits}`;
  if (parseInt(digits[0]!, 16) > 7) digits = `00${digits}`; // the first bit is the sign
  const length = digits.length / 2;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const byte = parseInt(digits.slice(digits.length - 2 * i - 2, digits.length - 2 * i), 16);
    bytes[i] = isNegative ? byte ^ 0xff : byte;
  }
  return bytes;
}
