/** `array.array` as typed arrays: numbers without a copy each. @module */
import { corrupt } from "../corrupt.ts";
import { type GlobalMeaning, type PickleReduction, PythonGlobal } from "./global.ts";

/** A class of typed arrays. */
interface TypedArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): ArrayBufferView;
}

/** Python's letters for elements whose size does not depend on the machine. */
const byLetter: ReadonlyMap<string, TypedArrayClass> = new Map<string, TypedArrayClass>([
  ["b", Int8Array],
  ["B", Uint8Array],
  ["h", Int16Array],
  ["H", Uint16Array],
  ["i", Int32Array],
  ["I", Uint32Array],
  ["q", BigInt64Array],
  ["Q", BigUint64Array],
  ["f", Float32Array],
  ["d", Float64Array],
]);

/** The formats of `array._array_reconstructor`: two for each class from the third on, little-endian first. */
const byFormat: readonly TypedArrayClass[] = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Uint16Array,
  Int16Array,
  Int16Array,
  Uint32Array,
  Uint32Array,
  Int32Array,
  Int32Array,
  BigUint64Array,
  BigUint64Array,
  BigInt64Array,
  BigInt64Array,
  Float32Array,
  Float32Array,
  Float64Array,
  Float64Array,
];

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function typedArray(cls: TypedArrayClass, bytes: Uint8Array, littleEndian: boolean): ArrayBufferView {
  const size = cls.BYTES_PER_ELEMENT;
  if (bytes.length % size !== 0) throw corrupt(`an array of elements of ${size} bytes cannot have ${bytes.length} bytes`);
  const own = new Uint8Array(bytes);
  if (littleEndian !== isLittleEndian) {
    for (let at = 0; at < own.length; at += size) own.subarray(at, at + size).reverse();
  }
  return new cls(own.buffer);
}

/** Items are numbers already: turning anything else into one could run through a structure that a hostile peer has made. */
function fromList(cls: TypedArrayClass, items: readonly unknown[]): ArrayBufferView {
  const numbers = items.filter((item) => typeof item === "number" || typeof item === "bigint");
  if (numbers.length !== items.length) throw corrupt("an array has an item that is no number");
  if (cls === BigInt64Array) return BigInt64Array.from(numbers, BigInt);
  if (cls === BigUint64Array) return BigUint64Array.from(numbers, BigInt);
  const view = new cls(new ArrayBuffer(numbers.length * cls.BYTES_PER_ELEMENT)) as unknown as Record<number, number>;
  for (const [at, number] of numbers.entries()) view[at] = Number(number);
  return view as unknown as ArrayBufferView;
}

/** `array.array(letter, bytes)`, as `multiprocessing` writes it, and `array.array(letter, list)`, as protocols 0 to 2 do. */
export const arrayMeaning: GlobalMeaning = {
  copies: true,
  call: ([letter, items]) => {
    const cls = byLetter.get(letter as string);
    if (cls === undefined) throw corrupt("the size of an array's elements depends on the machine: use another typecode than u, w, l or L");
    if (items === undefined) return typedArray(cls, new Uint8Array(0), isLittleEndian);
    if (items instanceof Uint8Array) return typedArray(cls, items, isLittleEndian);
    if (!Array.isArray(items)) throw corrupt("an array has neither bytes nor a list");
    return fromList(cls, items);
  },
};

/** `array._array_reconstructor(array.array, letter, format, bytes)`: says the size and order of the bytes. */
export const reconstructorMeaning: GlobalMeaning = {
  copies: true,
  takesGlobals: true,
  call: ([, , format, bytes]) => {
    const cls = byFormat[format as number];
    if (cls === undefined || !(bytes instanceof Uint8Array)) throw corrupt("an array of characters cannot be read, only arrays of numbers");
    return typedArray(cls, bytes, (format as number) < 2 || (format as number) % 2 === 0);
  },
};

/** How a typed array other than `Uint8Array` is written; `undefined` for other views. */
export function reduceTypedArray(view: ArrayBufferView): PickleReduction | undefined {
  for (const [letter, cls] of byLetter) {
    if (!(view instanceof cls)) continue;
    const format = byFormat.indexOf(cls);
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const args = [new PythonGlobal("array", "array"), letter, format < 2 || isLittleEndian ? format : format + 1, bytes];
    return { global: new PythonGlobal("array", "_array_reconstructor"), args };
  }
  return undefined;
}
