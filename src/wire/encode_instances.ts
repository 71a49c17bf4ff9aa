/** Instances of classes: built in, our handles, with a reducer, errors; everything else is refused. @module */
import { bufferOf, getter, nativeClassName } from "./builtin.ts";
import { encodeBuffer, encodeNodeBuffer, encodeSharedBuffer, encodeView, viewKinds } from "./encode_buffers.ts";
import { encodeMap, encodeSet } from "./encode_collections.ts";
import { encodeDomException, encodeErrorObject } from "./encode_errors.ts";
import type { Encoder } from "./encoder.ts";
import { type AnyHandleType, handleTypeOf, subclassOf } from "./handles.ts";
import { type AnyReducer, reducerOf } from "./reducer.ts";
import { fakeRefusal, instanceRefusal, NamedPart, otherHostRefusal, strangerRefusal } from "./refuse.ts";
import * as tag from "./tags.ts";

/** Writes a genuine object of one class. @throws {TypeError} when it only looks like one. */
type Write = (encoder: Encoder, value: object) => void;

const timeOf = Date.prototype.getTime;
const sourceOf = getter(RegExp.prototype, "source");
const flagsOf = getter(RegExp.prototype, "flags");
const REDUCED = new NamedPart(" (reduced)");
/** Of an object's own properties: their path is the object's. */
const AS_IT_IS = new NamedPart("");

function boxed(unbox: (this: never) => unknown): Write {
  return (encoder, value) => {
    const primitive = unbox.call(value as never);
    encoder.meet(value);
    encoder.byte(tag.BOXED);
    encoder.value(primitive, "");
  };
}

function encodeDate(encoder: Encoder, value: object): void {
  const time = timeOf.call(value as Date);
  encoder.meet(value);
  encoder.byte(tag.DATE);
  encoder.float64(time);
}

function encodeRegExp(encoder: Encoder, value: object): void {
  const source = sourceOf.call(value) as string;
  const flags = flagsOf.call(value) as string;
  encoder.meet(value);
  encoder.byte(tag.REGEXP);
  encoder.string(source);
  encoder.string(flags);
}

const writers = new Map<object, Write>([
  [Map.prototype, encodeMap],
  [Set.prototype, encodeSet],
  [Date.prototype, encodeDate],
  [RegExp.prototype, encodeRegExp],
  [ArrayBuffer.prototype, encodeBuffer],
  [Boolean.prototype, boxed(Boolean.prototype.valueOf)],
  [Number.prototype, boxed(Number.prototype.valueOf)],
  [String.prototype, boxed(String.prototype.valueOf)],
  [BigInt.prototype, boxed(BigInt.prototype.valueOf)],
  ...viewKinds().map(([prototype, kind]) => [prototype, (encoder, value) => encodeView(encoder, value, kind)] as [object, Write]),
]);
// Absent in pages that are not isolated from others.
if (typeof SharedArrayBuffer === "function") writers.set(SharedArrayBuffer.prototype, encodeSharedBuffer);

const writersByName = new Map<string, Write>();
for (const [prototype, write] of writers) writersByName.set(prototype.constructor.name, write);

/** Writes an object that is neither an array nor a plain object. */
export function encodeInstance(encoder: Encoder, value: object, prototype: object): void {
  const write = writers.get(prototype);
  if (write !== undefined) return genuine(encoder, value, write);
  const reducer = reducerOf(prototype);
  if (reducer !== undefined) return encodeReduced(encoder, value, reducer);
  const handle = handleTypeOf(value);
  if (handle !== undefined) return encodeHandle(encoder, value, handle);
  if (value instanceof DOMException) return genuine(encoder, value, (e, v) => encodeDomException(e, v as DOMException));
  if (value instanceof Error || Object.prototype.toString.call(value) === "[object Error]") {
    return encodeErrorObject(encoder, value, prototype);
  }
  if (isNodeBuffer(value, prototype)) return genuine(encoder, value, (e, v) => encodeNodeBuffer(e, v as Uint8Array));
  encodeForeign(encoder, value, prototype);
}

/** Refuses what only has the prototype of a built-in class, such as a Proxy of a Map. */
function genuine(encoder: Encoder, value: object, write: Write): void {
  const mark = encoder.pos;
  try {
    write(encoder, value);
  } catch (error) {
    // A writer asks for the internals of its object first. Later errors come from inside and keep their own text.
    if (error instanceof TypeError && error.name === "TypeError" && encoder.pos === mark) throw fakeRefusal(encoder.path(), value);
    throw error;
  }
}

function encodeHandle(encoder: Encoder, value: object, handle: AnyHandleType): void {
  const { handles = "all" } = encoder.surroundings;
  if (handles === "none") throw strangerRefusal(encoder.path(), value);
  if (handles === "far" && !handle.reachesHosts?.(value)) throw otherHostRefusal(encoder.path(), value);
  const cls = subclassOf(value, handle);
  const index = cls === null ? null : encoder.functionIndex(cls, false);
  const { group } = handle;
  if (group !== undefined) encoder.references.index(group, tag.REFERENCE_HANDLES, false, () => group);
  const state = handle.reduce(value, (pending) => encoder.references.wait(pending), (undo) => encoder.carry(undo));
  encoder.meet(value);
  encoder.byte(index === null ? tag.HANDLE : tag.HANDLE_OF_CLASS);
  if (index !== null) encoder.varuint(index);
  encoder.string(handle.type);
  encoder.opened(value, () => encoder.nesting.whole(() => encoder.value(state, REDUCED)));
  if (index !== null) encoder.nesting.whole(() => encoder.value({ ...value }, AS_IT_IS));
}

function encodeReduced(encoder: Encoder, value: object, { cls, how }: AnyReducer): void {
  const index = encoder.functionIndex(cls, false);
  const state = how.reduce(value);
  encoder.meet(value);
  encoder.byte(tag.INSTANCE);
  encoder.varuint(index);
  encoder.opened(value, () => encoder.nesting.whole(() => encoder.value(state, REDUCED)));
}

/** Node's class is no global of the language, so it is known by its name and by what it extends. */
function isNodeBuffer(value: object, prototype: object): boolean {
  if (Object.getPrototypeOf(prototype) !== Uint8Array.prototype || prototype.constructor.name !== "Buffer") return false;
  return bufferOf(value, false) !== undefined;
}

/** Built-in classes of another realm, such as a `vm` context, have other prototypes but the same internals. */
function encodeForeign(encoder: Encoder, value: object, prototype: object): void {
  const name = nativeClassName(prototype);
  if (name === "Object" && Object.getPrototypeOf(prototype) === null) return encoder.plainObject(value as Record<string, unknown>);
  const write = name === undefined ? undefined : writersByName.get(name);
  if (write === undefined) throw instanceRefusal(encoder.path(), value);
  genuine(encoder, value, write);
}
