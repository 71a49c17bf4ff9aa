/** What cannot travel, where it is in the value, and what to do about it: the texts of one error. @module */
import { AuthenticationString } from "../base/authkey.ts";
import { SerializationError } from "../base/errors.ts";

/** How a container leads to one of its parts: a key, an index, or something with a text of its own. */
export type Step = string | number | Part;

/** A part that has no key: its text is made only when an error needs it. */
export interface Part {
  toString(): string;
}

/** The value of a Map's key. */
export class MapValue implements Part {
  readonly #key: unknown;
  constructor(key: unknown) {
    this.#key = key;
  }
  toString(): string {
    const key = this.#key;
    if (typeof key === "string") return `.get(${JSON.stringify(key)})`;
    return `.get(${typeof key === "object" || typeof key === "function" ? describe(key) : primitiveText(key)})`;
  }
}

/** Any other part, such as the third key of a Map. */
export class NamedPart implements Part {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** A path longer than this is cut in the middle. */
const LONGEST_PATH = 24;

/** The path to a part, such as `args[1].items.get("a")[3]`. */
export function pathText(root: string, steps: readonly Step[]): string {
  const texts = steps.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    if (typeof step !== "string") return step.toString();
    return IDENTIFIER.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  if (texts.length > LONGEST_PATH) texts.splice(LONGEST_PATH / 2, texts.length - LONGEST_PATH, " … ");
  return root + texts.join("");
}

/** `String(value)`, whatever happens. */
export function safeText(value: unknown): string {
  try {
    return String(value);
  } catch {
    // An object without a usable toString still has a builtin tag.
    try {
      return Object.prototype.toString.call(value);
    } catch {
      return "an object that has no text";
    }
  }
}

function primitiveText(value: unknown): string {
  return typeof value === "bigint" ? `${value}n` : safeText(value);
}

/** What a value is, in a few words: `a Point`, `an async function`. */
export function describe(value: unknown): string {
  if (typeof value === "function") return value.name === "" ? "an anonymous function" : `the function ${value.name}`;
  if (typeof value !== "object" || value === null) return primitiveText(value);
  const name = className(value) ?? "object";
  return `${/^[AEIOaeio]/.test(name) ? "an" : "a"} ${name}`;
}

/** The name of an object's class, as far as it tells one. */
export function className(value: object): string | undefined {
  try {
    const cls: unknown = (value as { constructor?: unknown }).constructor;
    if (typeof cls === "function" && cls !== Object && cls.name !== "") return cls.name;
    const tag: unknown = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
    return typeof tag === "string" && tag !== "" ? tag : undefined;
  } catch {
    return undefined; // a proxy or a getter that throws
  }
}

/** The error. @param why The rule. @param fix What to write instead; it gets lines of its own. */
export function refusal(where: string, why: string, received: string, fix: string): SerializationError {
  return new SerializationError(`Cannot send ${where}: ${why}, received ${received}\n${fix}`);
}

/** For a symbol. */
export function symbolRefusal(where: string, value: symbol): SerializationError {
  return refusal(
    where,
    "a symbol cannot travel",
    String(value),
    `Send a text and find the symbol on the other side:\n  Symbol.for("name")`,
  );
}

/** For a function when nothing knows how to refer to one. */
export function functionRefusal(where: string, value: unknown): SerializationError {
  const fix = 'Send the data it works on instead, and call it there:\n  import { work } from "./work.ts";';
  return refusal(where, "a function cannot travel through this message", describe(value), fix);
}

/** For a value inside too many others. */
export function depthRefusal(where: string, limit: number): SerializationError {
  const fix =
    "Send a flat list instead, with indices where the parts point to each other:\n  [{ value: 1, next: 1 }, { value: 2, next: null }]";
  return refusal(where, `values nest at most ${limit} levels deep`, "a deeper one", fix);
}

/** For shared memory where the other side cannot see it. */
export function sharedMemoryRefusal(where: string): SerializationError {
  const fix =
    'Share a Value or an Array of mp.getContext("spawn") or a SharedMemory with other processes, or send a copy:\n  new Uint8Array(shared).slice()';
  return refusal(where, "shared memory travels only between threads of one process", "a SharedArrayBuffer", fix);
}

/** For a shared object in a message to somebody who has not proved a key. */
export function strangerRefusal(where: string, value: object): SerializationError {
  const fix = "Give both sides a key:\n  new Listener({ authkey })  Client(address, { authkey })";
  return refusal(where, "shared objects travel only between programs that know a common key", describe(value), fix);
}

/** For a shared object in a message to another host. */
export function otherHostRefusal(where: string, value: object): SerializationError {
  const fix = "Send what it holds, or share it through a manager that listens on TCP";
  return refusal(where, "it lives on this host and the message goes to another one", describe(value), fix);
}

/** For a buffer whose bytes were transferred away. */
export function detachedRefusal(where: string, value: object): SerializationError {
  const fix = "Send it before you transfer it, or send a copy:\n  buffer.slice()";
  return refusal(where, "a detached buffer has no bytes to send", describe(value), fix);
}

/** For a view whose buffer has become too short for it. */
export function outsideRefusal(where: string, value: object): SerializationError {
  const fix = "Send it before you shrink its buffer, or send a copy of its bytes:\n  view.buffer.slice(start, end)";
  return refusal(where, "a view that lies outside its buffer has no bytes to send", describe(value), fix);
}

/** For an instance whose state refers back to it. */
export function selfReferenceRefusal(where: string, value: object): SerializationError {
  const fix = "Leave that reference out of what reduce() returns, and set it again in revive()";
  return refusal(where, "the reduced state of an instance must not contain the instance", describe(value), fix);
}

/** For an object with the prototype of a built-in class and nothing behind it: a Proxy, or one made by `Object.create`. */
export function fakeRefusal(where: string, value: object): SerializationError {
  const name = className(value) ?? "Object";
  const received = `an object that only looks like ${/^[AEIOaeio]/.test(name) ? "an" : "a"} ${name}`;
  return refusal(
    where,
    "a Proxy of a built-in object cannot travel",
    received,
    `Send the object behind it, or a copy:\n  new ${name}(original)`,
  );
}

/** For a proxy that was revoked. */
export function revokedRefusal(where: string): SerializationError {
  return refusal(
    where,
    "a revoked proxy has nothing left to send",
    "a revoked Proxy",
    "Send it before you revoke it, or send a copy:\n  { ...proxy }",
  );
}

/** What to do with objects that people often try to send. */
const advice: Record<string, string> = {
  Promise: "Send what it resolves to:\n  await promise",
  WeakMap: "Send a Map:\n  new Map(entries)",
  WeakSet: "Send a Set:\n  new Set(items)",
  WeakRef: "Send what it refers to:\n  ref.deref()",
  Generator: "Send what it yields:\n  [...generator]",
  AsyncGenerator: "Send what it yields, collected with for await:\n  for await (const item of generator) items.push(item);",
  URL: "Send its text and parse it there:\n  url.href",
  URLSearchParams: "Send its text and parse it there:\n  params.toString()",
  Headers: "Send its entries:\n  [...headers]",
  FormData: "Send its entries:\n  [...form]",
  Blob: "Send its bytes:\n  await blob.bytes()",
  File: "Send its bytes:\n  await file.bytes()",
  Response: "Send its bytes:\n  await response.bytes()",
  Request: "Send what it is made of:\n  { url: request.url, method: request.method }",
  AbortSignal: "Abort through an Event of this library:\n  const stop = new mp.Event();",
  ReadableStream: "Send its chunks through a Pipe:\n  for await (const chunk of stream) await connection.send(chunk);",
};

/** For an object of a class that does not travel. */
export function instanceRefusal(where: string, value: object): SerializationError {
  const received = describe(value);
  if (value instanceof AuthenticationString) {
    return refusal(where, "an authkey is secret", received, "A child inherits it; another program gets it from you");
  }
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  const known = advice[tag];
  if (known !== undefined) return refusal(where, `${tag} objects cannot travel`, received, known);
  if (/ Iterator$/.test(tag)) return refusal(where, "iterators cannot travel", received, "Send its items:\n  [...iterator]");
  const name = className(value);
  if (name === undefined) {
    return refusal(where, "an object with a prototype of its own cannot travel", received, "Send a plain object:\n  { ...value }");
  }
  return refusal(
    where,
    `the class ${name} has no reducer`,
    received,
    `Register one, in the module of the class:\n  ${reducerSnippet(name, value)}`,
  );
}

function reducerSnippet(name: string, value: object): string {
  const fields = fieldsOf(value);
  if (fields.length === 0) {
    return `reducer.register(${name}, { reduce: (it) => [/* its fields */], revive: (fields) => new ${name}(...fields) })`;
  }
  const initial = /^[a-z]/i.test(name) ? name[0]!.toLowerCase() : "it";
  const it = fields.includes(initial) ? "it" : initial;
  const list = fields.join(", ");
  return `reducer.register(${name}, { reduce: (${it}) => [${
    fields.map((f) => `${it}.${f}`).join(", ")
  }], revive: ([${list}]) => new ${name}(${list}) })`;
}

function fieldsOf(value: object): string[] {
  try {
    return Object.keys(value).filter((key) => IDENTIFIER.test(key)).slice(0, 4);
  } catch {
    return []; // a proxy that refuses to list its keys
  }
}
