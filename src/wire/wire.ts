/** The wire format: values to bytes and back, the same bytes on every runtime. Decoding never runs code of a message. @module */
import { corrupt } from "./corrupt.ts";
import { type DecodeLimits, Decoder } from "./decoder.ts";
import { Encoder, type Undo, undoAll } from "./encoder.ts";
import type { FunctionHooks, SharedMemoryHooks } from "./hooks.ts";
import { describe, safeText } from "./refuse.ts";
import { decodeReferences } from "./resolve.ts";
import { HAS_IDENTITY, HAS_REFERENCES, MAX_DEPTH, VERSION } from "./tags.ts";

export type { Undo };

/** Options of {@linkcode encode}. */
export interface EncodeOptions {
  /** How functions and classes travel. Without: they are refused. */
  functions?: FunctionHooks;
  /** How shared memory travels. Without: a `SharedArrayBuffer` is refused. */
  sharedMemory?: SharedMemoryHooks;
  /** The root of the path in error messages. Default: `"value"`. */
  where?: string;
  /** Which shared objects may travel: all of them (the default), those that other hosts can reach (`"far"`), or `"none"`. */
  handles?: "all" | "far" | "none";
  /** Gets what to call, each of them once, when the message dies before it is decoded. A failed encoding has done so itself, and leaves the list empty. */
  carried?: Undo[];
}

/** Options of {@linkcode decode}. */
export interface DecodeOptions {
  /** How functions and classes are found. Without: messages that need one are refused. */
  functions?: FunctionHooks;
  /** How shared memory is found. Without: messages that need it are refused. */
  sharedMemory?: SharedMemoryHooks;
  /** Whether shared objects are accepted: reviving one connects to where it says it lives. Default: `true`. */
  handles?: boolean;
  /** The deepest nesting accepted. Default: 10,000. */
  maxDepth?: number;
  /** The longest message accepted, in bytes. Default: no limit. */
  maxBytes?: number;
}

// One of each is kept. Code that runs in the middle (a getter, a reducer) may encode something else, and then gets its own.
let spareEncoder: Encoder | undefined;
let spareDecoder: Decoder | undefined;

const encodeReference = (reference: unknown) => encode(reference, { where: "reference" }) as Uint8Array;

/**
 * Encodes a value. It is read once, before this returns: later changes to it do not travel.
 *
 * @return The message; a promise of it only when a reference or a handle is still pending.
 * @throws {SerializationError} when a part of the value cannot travel. An error thrown by a getter or a reducer comes out as it is.
 */
export function encode(value: unknown, options: EncodeOptions = {}): Uint8Array | Promise<Uint8Array> {
  const encoder = spareEncoder ?? new Encoder(encodeReference);
  spareEncoder = undefined;
  try {
    encoder.begin(options);
    encoder.byte(VERSION);
    encoder.value(value, "");
    const references = encoder.references;
    const flags = encoder.hasIdentity ? HAS_IDENTITY : 0;
    if (!references.isUsed) {
      encoder.bytes[0] = VERSION | flags;
      return encoder.copy();
    }
    const body = encoder.copy(1);
    if (!references.isPending) return references.assemble(flags, body);
    const { carried } = encoder;
    return references.settle().then(() => references.assemble(flags, body)).catch((error) => {
      undoAll(carried);
      throw error;
    });
  } catch (error) {
    undoAll(encoder.carried);
    throw error;
  } finally {
    encoder.end();
    spareEncoder = encoder;
  }
}

/**
 * Encodes what was thrown, whatever it is. What cannot travel at all becomes an `Error` that describes it,
 * with the reason as its `cause`.
 *
 * @return As {@linkcode encode}. The promise does not reject.
 */
export function encodeError(error: unknown, options: EncodeOptions = {}): Uint8Array | Promise<Uint8Array> {
  try {
    const message = encode(error, options);
    return message instanceof Promise ? message.catch((reason) => encodeDescription(error, reason)) : message;
  } catch (reason) {
    return encodeDescription(error, reason);
  }
}

/** Only texts of the error are used here, each read with care, so this cannot fail. */
function encodeDescription(error: unknown, reason: unknown): Uint8Array {
  const known = attempt(() => error instanceof Error) === true ? error as Error : undefined;
  const text = (name: "message" | "name" | "stack") => safeText(attempt(() => known?.[name]) ?? "");
  const description = new Error(
    known === undefined ? `Something that cannot travel was thrown: ${describe(error)}, ${safeText(error)}` : text("message"),
  );
  if (known !== undefined) {
    Object.defineProperty(description, "name", { value: text("name"), configurable: true, writable: true });
    Object.defineProperty(description, "stack", { value: text("stack"), configurable: true, writable: true });
  }
  description.cause = new Error(safeText(attempt(() => (reason as Error).message) ?? reason));
  return encode(description) as Uint8Array;
}

/** What an action returns; `undefined` when a getter or a trap in it throws. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined; // the error that is being described is not the fault of its descriptions
  }
}

/**
 * Decodes a message.
 *
 * @return The value; a promise of it only when a reference must be resolved asynchronously.
 * @throws {SerializationError} for bytes that are no message, for one that is cut or damaged, for more nesting or bytes than allowed, and
 * for references that nothing here can resolve.
 */
export function decode(bytes: Uint8Array, options: DecodeOptions = {}): unknown | Promise<unknown> {
  const { maxBytes = Infinity, maxDepth = MAX_DEPTH, handles = true } = options;
  if (!(bytes instanceof Uint8Array)) throw corrupt(`it must be a Uint8Array, received ${describe(bytes)}`);
  if (bytes.length > maxBytes) throw corrupt(`it has ${bytes.length} bytes, and at most ${maxBytes} are accepted`);
  const message = ownBytes(bytes);
  const header = message[0];
  if (header === undefined) throw corrupt("it is empty");
  if ((header & ~(HAS_REFERENCES | HAS_IDENTITY)) !== VERSION) throw corrupt(`its version is unknown, received 0x${header.toString(16)}`);
  const hasIdentity = (header & HAS_IDENTITY) !== 0;
  if ((header & HAS_REFERENCES) === 0) return decodeBody(message, 1, hasIdentity, [], { maxDepth, handles });
  const { start, references } = decodeReferences(message, options, (reference) => decode(reference, { maxDepth }));
  if (!(references instanceof Promise)) return decodeBody(message, start, hasIdentity, references, { maxDepth, handles });
  const body = message.slice(start);
  return references.then((resolved) => decodeBody(body, 0, hasIdentity, resolved, { maxDepth, handles }));
}

/** A plain `Uint8Array` on memory that nobody else changes; a Node Buffer has methods of other meaning. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  if (!(bytes.buffer instanceof ArrayBuffer)) return new Uint8Array(bytes);
  if (Object.getPrototypeOf(bytes) === Uint8Array.prototype) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function decodeBody(
  message: Uint8Array,
  start: number,
  hasIdentity: boolean,
  references: readonly unknown[],
  limits: DecodeLimits,
): unknown {
  const decoder = spareDecoder ?? new Decoder();
  spareDecoder = undefined;
  try {
    decoder.open(message);
    decoder.pos = start;
    decoder.begin(hasIdentity, references, limits);
    const value = decoder.value();
    decoder.finish();
    return value;
  } finally {
    decoder.end();
    spareDecoder = decoder;
  }
}
