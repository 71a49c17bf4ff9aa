/** What `Atomics` does for integers, for floating point numbers: by compare-and-swap of their bits. @module */

type Floats = Float32Array | Float64Array;

/** One number as bits. */
interface Bits {
  load(at: number): number | bigint;
  /** Whether the bits were those expected, and so were replaced. */
  swap(at: number, expected: number | bigint, replacement: number | bigint): boolean;
  toNumber(bits: number | bigint): number;
  fromNumber(value: number): number | bigint;
}

/** Adds to an element in one step. @returns what it is then */
export function addToBits(floats: Floats, at: number, n: number): number {
  const bits = bitsOf(floats);
  for (;;) {
    const before = bits.load(at);
    const after = bits.fromNumber(bits.toNumber(before) + n);
    if (bits.swap(at, before, after)) return bits.toNumber(after);
  }
}

/** Replaces an element if it is the one expected; every NaN is the same. */
export function swapBits(floats: Floats, at: number, expected: number, replacement: number): boolean {
  const bits = bitsOf(floats);
  for (;;) {
    const before = bits.load(at);
    if (!Object.is(bits.toNumber(before), expected)) return false;
    if (bits.swap(at, before, bits.fromNumber(replacement))) return true;
  }
}

function bitsOf(floats: Floats): Bits {
  if (floats instanceof Float64Array) {
    const cells = new BigInt64Array(floats.buffer, floats.byteOffset, floats.length);
    const number = new Float64Array(1);
    const pattern = new BigInt64Array(number.buffer);
    return {
      load: (at) => Atomics.load(cells, at),
      swap: (at, expected, replacement) => Atomics.compareExchange(cells, at, expected as bigint, replacement as bigint) === expected,
      toNumber: (bits) => (pattern[0] = bits as bigint, number[0]!),
      fromNumber: (value) => (number[0] = value, pattern[0]!),
    };
  }
  const cells = new Int32Array(floats.buffer, floats.byteOffset, floats.length);
  const number = new Float32Array(1);
  const pattern = new Int32Array(number.buffer);
  return {
    load: (at) => Atomics.load(cells, at),
    swap: (at, expected, replacement) => Atomics.compareExchange(cells, at, expected as number, replacement as number) === expected,
    toNumber: (bits) => (pattern[0] = bits as number, number[0]!),
    fromNumber: (value) => (number[0] = value, pattern[0]!),
  };
}
