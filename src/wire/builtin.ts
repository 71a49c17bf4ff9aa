/** The built-in classes that travel by themselves. @module */
import { libraryErrors } from "../base/errors.ts";

/** A class of views on a buffer. */
export interface ViewClass {
  readonly name: string;
  readonly prototype: object;
  readonly BYTES_PER_ELEMENT?: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): ArrayBufferView;
}

/** Looked up by name, because not every runtime has every class. */
function globalClass<C>(name: string): C | undefined {
  const found = (globalThis as Record<string, unknown>)[name];
  return typeof found === "function" ? found as C : undefined;
}

/** The views by their kind on the wire. `undefined`: this runtime has no such class. */
export const viewClasses: readonly (ViewClass | undefined)[] = [
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
].map((name) => globalClass<ViewClass>(name));

/** Any class of errors. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** The built-in error classes by name, as far as this runtime has them. */
export const builtinErrors: ReadonlyMap<string, ErrorClass> = new Map(
  [
    "Error",
    "EvalError",
    "RangeError",
    "ReferenceError",
    "SyntaxError",
    "TypeError",
    "URIError",
    "AggregateError",
    "SuppressedError",
  ].flatMap((name) => {
    const found = globalClass<ErrorClass>(name);
    return found === undefined ? [] : [[name, found] as const];
  }),
);

const errorNames = new Map<object, string>();
for (const classes of [builtinErrors, libraryErrors]) {
  for (const [name, cls] of classes) errorNames.set(cls.prototype, name);
}

/** The name under which both sides know an error class, given its prototype: built in or ours. */
export function errorNameOf(prototype: object): string | undefined {
  return errorNames.get(prototype) ?? foreignErrorName(prototype);
}

/** The built-in error classes of another realm (a `vm` context) are not identical to ours, but named alike. */
function foreignErrorName(prototype: object): string | undefined {
  const name = nativeClassName(prototype);
  return name !== undefined && builtinErrors.has(name) ? name : undefined;
}

/** The name of a native class, given its prototype, also one of another realm. */
export function nativeClassName(prototype: object): string | undefined {
  const cls: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof cls !== "function" || !/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(cls))) return undefined;
  return cls.name;
}

/** Prototypes of the classes that travel by themselves: they take no reducer. */
export const carriedPrototypes: ReadonlySet<object> = new Set([
  ...[Object, Array, Function, Map, Set, Date, RegExp, Boolean, Number, String, BigInt, Symbol, ArrayBuffer].map((cls) => cls.prototype),
  ...viewClasses.flatMap((cls) => cls === undefined ? [] : [cls.prototype]),
  ...errorNames.keys(),
]);

const dataViewBuffer = getter(DataView.prototype, "buffer");
const typedArrayBuffer = getter(Object.getPrototypeOf(Uint8Array.prototype), "buffer");

/** A built-in getter, which throws a `TypeError` for an object that only looks like one of the class. */
export function getter(prototype: object, name: string): (this: unknown) => unknown {
  return Object.getOwnPropertyDescriptor(prototype, name)!.get!;
}

/** The buffer of a genuine view. @throws {TypeError} for anything else. */
export function bufferOf(view: object, isDataView: boolean): ArrayBufferLike {
  return (isDataView ? dataViewBuffer : typedArrayBuffer).call(view) as ArrayBufferLike;
}
