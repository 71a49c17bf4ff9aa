/** Python's typecodes: how an element looks to the program, and how it is kept. @module */

/** What a {@linkcode Typecode} holds, as the program sees it. */
export interface Elements {
  /** One byte. */
  c: Uint8Array;
  /** One character (a code point). */
  u: string;
  /** Integer of 8 bits. */
  b: number;
  /** Integer of 8 bits without a sign. */
  B: number;
  /** Integer of 16 bits. */
  h: number;
  /** Integer of 16 bits without a sign. */
  H: number;
  /** Integer of 32 bits. */
  i: number;
  /** Integer of 32 bits without a sign. */
  I: number;
  /** Integer of 64 bits, everywhere (in Python as wide as the platform's C `long`). */
  l: bigint;
  /** Integer of 64 bits without a sign. */
  L: bigint;
  /** Integer of 64 bits. */
  q: bigint;
  /** Integer of 64 bits without a sign. */
  Q: bigint;
  /** Floating point of 32 bits. */
  f: number;
  /** Floating point of 64 bits. */
  d: number;
}

/** A type of element, by the letter that Python gives it. */
export type Typecode = keyof Elements;

/** What is accepted for an element: any integer wraps around, as in C; a boolean is 0 or 1. */
export type Assignable<C extends Typecode> = C extends "c" ? Uint8Array | number
  : C extends "u" ? string
  : C extends "f" | "d" ? number | boolean
  : number | bigint | boolean;

/** What can be added to an element. */
export type Addable<C extends Typecode> = C extends "c" | "u" ? never : Assignable<C>;

/** How an element is kept, and how it travels. */
export type Stored = number | bigint;

/** Elements in a row. */
export type Cells =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** The typed array behind elements: numbers as they are, bytes for `"c"`, code points for `"u"`. */
export type View<C extends Typecode = Typecode> = {
  c: Uint8Array;
  u: Uint32Array;
  b: Int8Array;
  B: Uint8Array;
  h: Int16Array;
  H: Uint16Array;
  i: Int32Array;
  I: Uint32Array;
  l: BigInt64Array;
  L: BigUint64Array;
  q: BigInt64Array;
  Q: BigUint64Array;
  f: Float32Array;
  d: Float64Array;
}[C];

interface Kind {
  readonly cells: {
    new (length: number): Cells;
    new (buffer: ArrayBufferLike, offset: number, length: number): Cells;
    readonly BYTES_PER_ELEMENT: number;
  };
  /** Checks what a program gave. @throws {TypeError} it is nothing that this type can hold. @throws {RangeError} for a byte or character out of range. */
  accept(value: unknown, what: string): Stored;
  /** What the program gets. */
  show(stored: Stored): unknown;
  /** Whether elements can be added to. */
  readonly adds: boolean;
}

const kinds: Readonly<Record<Typecode, Kind>> = {
  c: { cells: Uint8Array, accept: acceptByte, show: (stored) => Uint8Array.of(Number(stored)), adds: false },
  u: { cells: Uint32Array, accept: acceptCharacter, show: (stored) => String.fromCodePoint(Number(stored)), adds: false },
  b: integer(Int8Array),
  B: integer(Uint8Array),
  h: integer(Int16Array),
  H: integer(Uint16Array),
  i: integer(Int32Array),
  I: integer(Uint32Array),
  l: wideInteger(BigInt64Array),
  L: wideInteger(BigUint64Array),
  q: wideInteger(BigInt64Array),
  Q: wideInteger(BigUint64Array),
  f: float(Float32Array),
  d: float(Float64Array),
};

/** The kind of a typecode. @throws {TypeError} there is none of that name. */
export function kindOf(typecode: unknown, verb = "make", type = "a shared value"): Kind {
  if (typeof typecode === "string" && Object.hasOwn(kinds, typecode)) return kinds[typecode as Typecode];
  const received = typeof typecode === "string" ? JSON.stringify(typecode) : typeof typecode;
  throw new TypeError(`Cannot ${verb} ${type}: its typecode must be one of ${Object.keys(kinds).join(" ")}, received ${received}`);
}

/** One cell of each kind, in which elements wrap around. */
const scratch = new Map<Kind["cells"], Cells>();

/** The element as it is kept: wrapped around, or rounded. @throws what {@linkcode Kind.accept} throws. */
export function storedElement(typecode: Typecode, value: unknown, what: string): Stored {
  const kind = kinds[typecode];
  const cell = scratch.get(kind.cells) ?? new kind.cells(1);
  scratch.set(kind.cells, cell);
  cell[0] = kind.accept(value, what);
  return cell[0];
}

/** The elements of an iterable as they are kept. @throws what {@linkcode Kind.accept} throws, for the first that is wrong. */
export function storedElements(typecode: Typecode, values: Iterable<unknown>, what: string): Cells {
  const kind = kinds[typecode];
  const accepted: Stored[] = [];
  for (const value of values) accepted.push(kind.accept(value, `${what}, element ${accepted.length}`));
  const cells = new kind.cells(accepted.length);
  accepted.forEach((value, index) => cells[index] = value);
  return cells;
}

/** Elements as the program sees them in a row: bytes for `"c"`, a text for `"u"`, else an array. */
export type Row<C extends Typecode> = C extends "c" ? Uint8Array : C extends "u" ? string : Elements[C][];

/** The {@linkcode Row} of stored elements. */
export function rowOf<C extends Typecode>(typecode: C, cells: Cells): Row<C> {
  if (typecode === "c") return cells as Uint8Array as Row<C>;
  const elements = Array.from<Stored, unknown>(cells as Iterable<Stored>, kinds[typecode].show);
  return (typecode === "u" ? elements.join("") : elements) as Row<C>;
}

function integer(cells: Kind["cells"]): Kind {
  return { cells, accept: (value, what) => Number(acceptInteger(value, what, 32)), show: (stored) => stored, adds: true };
}

function wideInteger(cells: Kind["cells"]): Kind {
  return { cells, accept: (value, what) => BigInt(acceptInteger(value, what, 64)), show: (stored) => stored, adds: true };
}

function float(cells: Kind["cells"]): Kind {
  const accept = (value: unknown, what: string) => {
    if (typeof value === "number" || typeof value === "boolean") return Number(value);
    throw new TypeError(`Cannot ${what}: it must be a number, received ${nameOf(value)}`);
  };
  return { cells, accept, show: (stored) => stored, adds: true };
}

function acceptInteger(value: unknown, what: string, bits: number): Stored {
  if (typeof value === "boolean" || Number.isInteger(value)) return Number(value);
  // Before it becomes a number, which has 53 bits only.
  if (typeof value === "bigint") return BigInt.asIntN(bits, value);
  throw new TypeError(`Cannot ${what}: it must be an integer, received ${typeof value === "number" ? value : nameOf(value)}`);
}

function acceptByte(value: unknown, what: string): number {
  const byte: unknown = value instanceof Uint8Array && value.length === 1 ? value[0] : value;
  if (typeof byte !== "number") throw new TypeError(`Cannot ${what}: it must be one byte, received ${nameOf(value)}`);
  if (Number.isInteger(byte) && byte >= 0 && byte < 256) return byte;
  throw new RangeError(`Cannot ${what}: a byte must be an integer from 0 to 255, received ${byte}`);
}

function acceptCharacter(value: unknown, what: string): number {
  if (typeof value !== "string") throw new TypeError(`Cannot ${what}: it must be one character, received ${nameOf(value)}`);
  const [character, more] = value;
  if (character !== undefined && more === undefined) return character.codePointAt(0)!;
  throw new RangeError(`Cannot ${what}: it must be one character, received ${[...value].length}`);
}

function nameOf(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return value === null ? "null" : typeof value;
}
