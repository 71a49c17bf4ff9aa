/** The messages of CPython's manager protocol, of both sides (`multiprocessing/managers.py`: `dispatch`, `Server`, `BaseProxy._callmethod`). @module */
import type { WaitOptions } from "../../base/deadline.ts";
import { RemoteError, SerializationError } from "../../base/errors.ts";
import { type GlobalMeaning, pickleDecode, type PickleDecodeOptions, pickleEncode, type ReduceObject } from "../../wire/pickle/pickle.ts";
import { findManagerGlobal, reduceManagerObject } from "./tokens.ts";

/** An authenticated connection to a Python program, in whole messages. */
export interface MessageChannel {
  /** Sends one message. */
  send(message: Uint8Array): void | Promise<void>;
  /** The next message. Rejects with `EOFError` when the other side has closed. */
  recv(options?: WaitOptions): Promise<Uint8Array>;
  /** Idempotent. */
  close(): void;
}

/** A request: `ident` is `null` for one to the server itself. */
export interface Request {
  readonly ident: string | null;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly kwds: ReadonlyMap<string, unknown>;
}

/** The kinds of answers. */
export type AnswerKind = "#RETURN" | "#ERROR" | "#TRACEBACK" | "#PROXY" | "#UNSERIALIZABLE";

/** The limits of what comes from the peer. */
export type MessageLimits = Pick<PickleDecodeOptions, "maxBytes" | "maxDepth" | "maxMemo" | "maxIntegerBytes">;

const tuple = (...items: unknown[]) => Object.freeze(items);

/** The bytes of a request. @param reduce Writes proxies. @throws {SerializationError} */
export function encodeRequest({ ident, method, args, kwds }: Request, reduce?: ReduceObject): Uint8Array {
  return pickleEncode(tuple(ident, method, tuple(...args), new Map(kwds)), { where: "request", reduce: withManagerObjects(reduce) });
}

/** A request from its bytes. @throws {SerializationError} for anything else. */
export function decodeRequest(bytes: Uint8Array, limits: MessageLimits = {}): Request {
  const parts: unknown = pickleDecode(bytes, { ...limits, globals: findManagerGlobal });
  const [ident, method, args = [], kwds = new Map()] = Array.isArray(parts) ? parts as unknown[] : [];
  if ((ident !== null && typeof ident !== "string") || typeof method !== "string" || !Array.isArray(args) || !(kwds instanceof Map)) {
    throw new SerializationError("Cannot read a request to a manager: it must be (ident, method, args, kwds)");
  }
  return { ident, method, args, kwds };
}

/** The bytes of an answer. @throws {SerializationError} */
export function encodeAnswer(kind: AnswerKind, value: unknown, reduce?: ReduceObject): Uint8Array {
  return pickleEncode(tuple(kind, value), { where: "answer", reduce: withManagerObjects(reduce) });
}

function withManagerObjects(reduce: ReduceObject | undefined): ReduceObject {
  return (object) => reduce?.(object) ?? reduceManagerObject(object);
}

/** An instance of a class of Python that is unknown here. */
class Unknown {
  readonly name: string;
  readonly args: readonly unknown[];
  constructor(name: string, args: readonly unknown[]) {
    this.name = name;
    this.args = args;
  }
}

/** What an answer holds: a value, or what is to become a proxy. */
export type Answer = { kind: "#RETURN"; value: unknown } | { kind: "#PROXY"; value: unknown };

/**
 * The content of an answer.
 *
 * @throws what a method raised; an exception of a class that is unknown here as a `RemoteError` with its name.
 * @throws {RemoteError} for trouble in the server.
 * @throws {SerializationError} for what is no answer, or a value of a class that does not travel.
 */
export function decodeAnswer(bytes: Uint8Array, limits: MessageLimits = {}): Answer {
  const unknown: string[] = [];
  const globals = (module: string, name: string) => findManagerGlobal(module, name) ?? unknownMeaning(`${module}.${name}`, unknown);
  const parts: unknown = pickleDecode(bytes, { ...limits, globals });
  const [kind, value] = Array.isArray(parts) ? parts as unknown[] : [];
  if (kind === "#ERROR") throw errorOf(value);
  if (unknown.length > 0) {
    throw new SerializationError(
      `Cannot read an answer of a manager: only data travels, received an object of ${
        unknown[0]
      }\nReturn its data there, or register the method with method_to_typeid`,
    );
  }
  if (kind === "#RETURN" || kind === "#PROXY") return { kind, value };
  if (kind === "#TRACEBACK" && typeof value === "string") throw new RemoteError(value);
  if (kind === "#UNSERIALIZABLE" && typeof value === "string") throw new RemoteError(`Unserializable message: ${value}`);
  throw new SerializationError("Cannot read an answer of a manager: it must be (kind, value)");
}

/** Stands in for any class, so that an exception of a class of the user's arrives with its name: nothing of it is looked up or run. */
function unknownMeaning(name: string, found: string[]): GlobalMeaning {
  return {
    takesGlobals: true,
    call: (args) => {
      found.push(name);
      return new Unknown(name, args);
    },
    build: () => {},
  };
}

function errorOf(value: unknown): Error {
  if (value instanceof Error) return value;
  if (!(value instanceof Unknown)) return new RemoteError("The method failed, and what it raised is no exception that can be read");
  const texts = value.args.filter((arg) => typeof arg === "string" || typeof arg === "number").slice(0, 5).map(String);
  return new RemoteError(`${value.name.slice(0, 200)}${texts.length === 0 ? "" : `: ${texts.join(", ")}`}`);
}
