/** Buffers and the views on them. Views that share a buffer still share it on the other side. @module */
import { bufferOf, getter, viewClasses } from "./builtin.ts";
import type { Encoder } from "./encoder.ts";
import { detachedRefusal, NamedPart, outsideRefusal, sharedMemoryRefusal } from "./refuse.ts";
import * as tag from "./tags.ts";

const BUFFER_STEP = new NamedPart(".buffer");
const UINT8 = 2;

const lengthOf = getter(ArrayBuffer.prototype, "byteLength");

/** Writes an ArrayBuffer. @throws {TypeError} when it is none. */
export function encodeBuffer(encoder: Encoder, buffer: object): void {
  lengthOf.call(buffer);
  const { resizable, maxByteLength } = buffer as ArrayBuffer;
  const bytes = bytesOf(encoder, buffer as ArrayBuffer);
  encoder.meet(buffer);
  encoder.byte(resizable ? tag.RESIZABLE_BUFFER : tag.BUFFER);
  encoder.varuint(bytes.length);
  if (resizable) encoder.varuint(maxByteLength);
  encoder.raw(bytes);
}

function bytesOf(encoder: Encoder, buffer: ArrayBuffer): Uint8Array {
  try {
    return new Uint8Array(buffer);
  } catch {
    throw detachedRefusal(encoder.path(), buffer); // the only reason why a view on a genuine buffer is refused
  }
}

/** Writes a SharedArrayBuffer, where something knows how to share it. */
export function encodeSharedBuffer(encoder: Encoder, buffer: object): void {
  const index = encoder.references.index(buffer, tag.REFERENCE_MEMORY, false, () => {
    const hooks = encoder.surroundings.sharedMemory;
    if (hooks === undefined) throw sharedMemoryRefusal(encoder.path());
    return hooks.refer(buffer as SharedArrayBuffer, encoder.path(), (undo) => encoder.carry(undo));
  });
  encoder.meet(buffer);
  encoder.byte(tag.SHARED_BUFFER);
  encoder.varuint(index);
}

/** Writes a typed array or DataView. @throws {TypeError} when it is none. */
export function encodeView(encoder: Encoder, value: object, kind: number): void {
  const buffer = bufferOf(value, kind === 0);
  const view = value as ArrayBufferView & { length?: number };
  if (kind === UINT8 && isWhole(view, buffer) && !encoder.isMet(buffer)) return encodeBytes(encoder, view as Uint8Array, buffer);
  if (isOutside(view, buffer, kind)) throw outsideRefusal(encoder.path(), view);
  encoder.meet(view);
  const tracks = tracksLength(view, buffer);
  encoder.byte(tag.VIEW);
  encoder.byte(kind | (tracks ? tag.TRACKS_LENGTH : 0));
  encoder.nesting.whole(() => encoder.value(buffer, BUFFER_STEP));
  encoder.varuint(view.byteOffset);
  if (!tracks) encoder.varuint(kind === 0 ? view.byteLength : view.length!);
}

const keysOf = Uint8Array.prototype.keys;

/** Whether the resizable buffer of a genuine view has become too short for it. A detached one has a refusal of its own. */
function isOutside(view: ArrayBufferView, buffer: ArrayBufferLike, kind: number): boolean {
  const { resizable, maxByteLength } = buffer as ArrayBuffer;
  if (resizable !== true || maxByteLength === 0) return false;
  try {
    // A typed array says that its length is 0, but refuses its methods.
    void (kind === 0 ? view.byteLength : keysOf.call(view as Uint8Array));
    return false;
  } catch {
    return true; // The only reason why a genuine view does not know its length.
  }
}

/** A Node Buffer travels as a Uint8Array of its own bytes: its buffer is a pool shared with strangers. */
export function encodeNodeBuffer(encoder: Encoder, buffer: Uint8Array): void {
  encodeBytes(encoder, buffer, {});
}

function encodeBytes(encoder: Encoder, view: Uint8Array, buffer: object): void {
  encoder.meet(view);
  encoder.meet(buffer);
  encoder.byte(tag.BYTES);
  encoder.varuint(view.length);
  encoder.raw(view);
}

/** Whether a view is all there is of an ordinary buffer. An empty one may be detached, which the long way finds out. */
function isWhole(view: ArrayBufferView, buffer: ArrayBufferLike): boolean {
  return view.byteLength > 0 && view.byteLength === buffer.byteLength && buffer instanceof ArrayBuffer && buffer.resizable !== true;
}

/**
 * Whether a view follows the length of its resizable buffer. Nothing tells, so the buffer grows by an element for a moment, which
 * nobody can see. Where it has no room or cannot shrink again, a view that reaches its end is taken for one that follows.
 */
function tracksLength(view: ArrayBufferView, buffer: ArrayBufferLike): boolean {
  const shared = !(buffer instanceof ArrayBuffer) && (buffer as SharedArrayBuffer).growable === true;
  if (!shared && (buffer as ArrayBuffer).resizable !== true) return false;
  const size = (view as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
  const { byteLength, maxByteLength } = buffer as ArrayBuffer;
  if (view.byteOffset + view.byteLength + size <= byteLength) return false;
  if (shared || byteLength + size > maxByteLength) return true;
  const before = view.byteLength;
  (buffer as ArrayBuffer).resize(byteLength + size);
  const follows = view.byteLength !== before;
  (buffer as ArrayBuffer).resize(byteLength);
  return follows;
}

/** The kind of a view's class on the wire, by its name. */
export function viewKinds(): [prototype: object, kind: number][] {
  return viewClasses.flatMap((cls, kind) => cls === undefined ? [] : [[cls.prototype, kind] as [object, number]]);
}
