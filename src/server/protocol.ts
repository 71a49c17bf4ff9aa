/**
 * What clients and the object server say to each other.
 *
 * A frame is an array of messages, in the wire format; a message is an array whose first element names its kind, and each side is one
 * discriminated union over it. Arrays and numbers, not objects with keys: a frame carries hundreds of them.
 * What arrives is checked here; anything else is a {@linkcode ProtocolError}, which ends that channel and nothing more.
 *
 * @module
 */
import { ProcessError } from "../base/errors.ts";
import { decode, encode } from "../wire/wire.ts";

/** The version that `HELLO` carries; both sides must be equal. */
export const PROTOCOL_VERSION = 3;

/** `[HELLO, version, name]`: the first message of a client; the name of its unit. */
export const HELLO = 0;
/** `[USE, object, id, type, params]`: from now on `object` means the served object `id`; made now if it does not exist. */
export const USE = 1;
/** `[CALL, request, object, method, limited, ...args]`: calls a method. `limited`: the caller may give up. */
export const CALL = 2;
/** `[TAKEN, requests]`: confirms the receipt of these deliveries. */
export const TAKEN = 3;
/** `[CANCEL, request]`: the caller gave up. The answer is a `VERDICT`. */
export const CANCEL = 4;

/** `[FIND, object, id, type]`: as `USE`, but of an object that exists; calls of one that does not fail. Only servers that count know it, as the next two. */
export const FIND = 9;
/** `[RELEASE, object]`: this client refers to it no more. */
export const RELEASE = 10;
/** `[SETTLE, parcel]`: what kept an object alive on its way has arrived, or never will. */
export const SETTLE = 11;
/** `[BYE]`: this client has done its work and ends now; it did not die. */
export const BYE = 12;

/** `[DONE, request, value, delivery]`: the answer of a call. `delivery`: it must be confirmed, else it is taken back. */
export const DONE = 5;
/** `[FAIL, request, error]`: the method threw. */
export const FAIL = 6;
/** `[PARKED, request]`: a limited call could not be answered at once and waits. */
export const PARKED = 7;
/** `[VERDICT, request, undone]`: what became of a cancelled call: as if it had never been, or too late: the answer that was sent stands. */
export const VERDICT = 8;

/** From a client to the server. */
export type ClientMessage =
  | readonly [kind: typeof HELLO, version: number, name: string]
  | readonly [kind: typeof USE, object: number, id: string, type: string, params: unknown]
  | readonly [kind: typeof CALL, request: number, object: number, method: string, limited: boolean, ...args: unknown[]]
  | readonly [kind: typeof TAKEN, requests: readonly number[]]
  | readonly [kind: typeof CANCEL, request: number]
  | readonly [kind: typeof FIND, object: number, id: string, type: string]
  | readonly [kind: typeof RELEASE, object: number]
  | readonly [kind: typeof SETTLE, parcel: string]
  | readonly [kind: typeof BYE];

/** From the server to a client. */
export type ServerMessage =
  | readonly [kind: typeof DONE, request: number, value: unknown, delivery: boolean]
  | readonly [kind: typeof FAIL, request: number, error: unknown]
  | readonly [kind: typeof PARKED, request: number]
  | readonly [kind: typeof VERDICT, request: number, undone: boolean];

/** A peer said something that is not in this protocol. */
export class ProtocolError extends ProcessError {
  override name = "ProtocolError";
}

/** The bytes of one frame. Values in it are plain data, so this never has to wait. */
export function encodeFrame(messages: readonly (ClientMessage | ServerMessage)[]): Uint8Array {
  const bytes = encode(messages);
  if (bytes instanceof Uint8Array) return bytes;
  throw new TypeError("Cannot encode a message of the object server: its values must be plain data");
}

/** The messages of a frame from a client. @throws {ProtocolError} */
export function decodeClientFrame(frame: Uint8Array): ClientMessage[] {
  return decodeFrame(frame, isClientMessage);
}

/** The messages of a frame from the server. @throws {ProtocolError} */
export function decodeServerFrame(frame: Uint8Array): ServerMessage[] {
  return decodeFrame(frame, isServerMessage);
}

function decodeFrame<M>(frame: Uint8Array, isMessage: (message: unknown) => message is M): M[] {
  let messages: unknown;
  try {
    messages = decode(frame);
  } catch (cause) {
    throw new ProtocolError("Cannot read a frame of the object server: it is not in the wire format", { cause });
  }
  // A promise, too: only what refers to functions or shared memory would have to wait.
  if (!Array.isArray(messages)) {
    throw new ProtocolError(`Cannot read a frame of the object server: it must be an array, received ${typeof messages}`);
  }
  for (let i = 0; i < messages.length; i++) {
    if (!isMessage(messages[i])) throw new ProtocolError(`Cannot read message ${i} of a frame of the object server: no such message`);
  }
  return messages as M[];
}

function isClientMessage(message: unknown): message is ClientMessage {
  if (!Array.isArray(message)) return false;
  switch (message[0]) {
    case CALL:
      return message.length >= 5 && isNumber(message[1]) && isNumber(message[2]) && typeof message[3] === "string" &&
        typeof message[4] === "boolean";
    case TAKEN:
      return message.length === 2 && Array.isArray(message[1]) && message[1].every(isNumber);
    case CANCEL:
      return message.length === 2 && isNumber(message[1]);
    case USE:
      return message.length === 5 && isNumber(message[1]) && typeof message[2] === "string" && typeof message[3] === "string";
    case FIND:
      return message.length === 4 && isNumber(message[1]) && typeof message[2] === "string" && typeof message[3] === "string";
    case RELEASE:
      return message.length === 2 && isNumber(message[1]);
    case SETTLE:
      return message.length === 2 && typeof message[1] === "string";
    case BYE:
      return message.length === 1;
    case HELLO:
      return message.length === 3 && isNumber(message[1]) && typeof message[2] === "string";
    default:
      return false;
  }
}

function isServerMessage(message: unknown): message is ServerMessage {
  if (!Array.isArray(message) || !isNumber(message[1])) return false;
  switch (message[0]) {
    case DONE:
      return message.length === 4 && typeof message[3] === "boolean";
    case FAIL:
      return message.length === 3;
    case PARKED:
      return message.length === 2;
    case VERDICT:
      return message.length === 3 && typeof message[2] === "boolean";
    default:
      return false;
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
