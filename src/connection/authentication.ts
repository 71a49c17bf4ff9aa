/**
 * CPython's proof that both sides know a key, byte for byte. Each challenges the other; no key travels.
 *
 * Up to Python 3.11 a challenge is 20 random bytes and the answer their HMAC-MD5. From 3.12 on a challenge begins with the name of a digest, as
 * `{sha256}`, and so does the answer; the HMAC covers that name, so nobody in the middle can change it. Each version accepts the other's.
 *
 * @module
 */
import { AuthenticationError } from "../base/errors.ts";
import { utf8Of } from "../base/text.ts";
import { runtime } from "../runtime/runtime.ts";
import type { Digest } from "../runtime/types.ts";

/** The longest frame of the handshake, in bytes. */
export const LONGEST_REPLY = 256;

const CHALLENGE = ascii("#CHALLENGE#");
const WELCOME = ascii("#WELCOME#");
const FAILURE = ascii("#FAILURE#");

/** Python's names of the digests that may be asked for. */
const DIGESTS: ReadonlyMap<string, Digest> = new Map([
  ["md5", "md5"],
  ["sha256", "sha256"],
  ["sha384", "sha384"],
  ["sha3_256", "sha3-256"],
  ["sha3_384", "sha3-384"],
]);

/** A digest by Python's name. */
export type DigestName = "md5" | "sha256" | "sha384" | "sha3_256" | "sha3_384";

const RANDOM_BYTES = 40;
/** A challenge without the name of a digest has this length, */
const LEGACY_CHALLENGE = 20;
/** and an answer without it this one. */
const LEGACY_ANSWER = 16;
/** `{sha3_256}` is the longest. */
const LONGEST_PREFIX = 10;

/** One side of a handshake: takes a frame at each `yield`, and returns when the other side has shown that it knows the key. */
export type Handshake = Generator<void, void, Uint8Array>;

type Send = (frame: Uint8Array) => void;

/** The side that listens: challenges first. */
export function* greetClient(key: Uint8Array, send: Send): Handshake {
  yield* challenge(key, "sha256", send);
  yield* answer(key, send);
}

/** The side that connects: is challenged first. */
export function* greetListener(key: Uint8Array, send: Send): Handshake {
  yield* answer(key, send);
  yield* challenge(key, "sha256", send);
}

/** Challenges the other side. @throws {AuthenticationError} when it does not know the key; it has been told. */
export function* challenge(key: Uint8Array, digest: DigestName, send: Send): Handshake {
  const message = join(ascii(`{${digest}}`), runtime.randomBytes(RANDOM_BYTES));
  send(join(CHALLENGE, message));
  const reply = yield;
  try {
    verify(key, message, reply);
  } catch (error) {
    send(FAILURE);
    throw error;
  }
  send(WELCOME);
}

/** Answers the challenge of the other side. @throws {AuthenticationError} when it does not challenge, or does not accept the answer. */
export function* answer(key: Uint8Array, send: Send): Handshake {
  const frame = yield;
  if (!startsWith(frame, CHALLENGE)) throw new AuthenticationError("Cannot authenticate: the other side sent no challenge; has it a key?");
  const message = frame.subarray(CHALLENGE.length);
  if (message.length < LEGACY_CHALLENGE) {
    throw new AuthenticationError(
      `Cannot authenticate: a challenge must have at least ${LEGACY_CHALLENGE} bytes, received ${message.length}`,
    );
  }
  send(answerTo(key, message));
  const verdict = yield;
  if (!sameBytes(verdict, WELCOME)) {
    throw new AuthenticationError("Cannot authenticate: the other side has another key, digest sent was rejected");
  }
}

function answerTo(key: Uint8Array, message: Uint8Array): Uint8Array {
  const { name } = splitDigest(message, LEGACY_CHALLENGE);
  if (name === null) return runtime.hmac("md5", key, message);
  return join(ascii(`{${name}}`), runtime.hmac(DIGESTS.get(name)!, key, message));
}

function verify(key: Uint8Array, message: Uint8Array, reply: Uint8Array): void {
  const { name, payload } = splitDigest(reply, LEGACY_ANSWER);
  const expected = runtime.hmac(DIGESTS.get(name ?? "md5")!, key, message);
  if (!runtime.equalBytes(expected, payload)) {
    throw new AuthenticationError("Cannot authenticate: the other side has another key, digest received was wrong");
  }
}

/** The name of the digest that a message begins with; `null` for a message of before 3.12, which its length tells. */
function splitDigest(message: Uint8Array, legacyLength: number): { name: string | null; payload: Uint8Array } {
  if (message.length === legacyLength) return { name: null, payload: message };
  const text = String.fromCharCode(...message.subarray(0, LONGEST_PREFIX));
  const name = /^\{([a-z0-9_]+)\}/.exec(text)?.[1];
  if (name !== undefined && DIGESTS.has(name)) return { name, payload: message.subarray(name.length + 2) };
  throw new AuthenticationError("Cannot authenticate: the other side names no digest that is known here");
}

/** Whether a message is the beginning of a handshake. No codec of ours gives such bytes. */
export function isChallenge(message: Uint8Array): boolean {
  return message[0] === CHALLENGE[0] && startsWith(message, CHALLENGE);
}

/** The error of a client that gave no key where one is wanted. */
export function keyWanted(): AuthenticationError {
  return new AuthenticationError("Cannot receive on a Connection: the other side wants a key\n  await Client(address, { authkey })");
}

/** The bytes of a key: a text as UTF-8; a copy, so that nobody changes it later. @throws {TypeError} when it is neither text nor bytes. @throws {RangeError} a text with half a surrogate pair. */
export function keyBytes(authkey: Uint8Array | string, verb: string): Uint8Array {
  if (typeof authkey === "string") return utf8Of(authkey, `${verb}: authkey`);
  // What it is instead is not shown: it may be a key in some other form.
  if (!(authkey instanceof Uint8Array)) {
    throw new TypeError(`Cannot ${verb}: authkey must be a Uint8Array or a string, received ${typeof authkey}`);
  }
  return new Uint8Array(authkey);
}

/** @throws {RangeError} when it is no digest of the protocol. */
export function checkDigest(name: string): void {
  if (!DIGESTS.has(name)) {
    throw new RangeError(`Cannot authenticate: digest must be one of ${[...DIGESTS.keys()].join(" ")}, received ${name}`);
  }
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && sameBytes(bytes.subarray(0, prefix.length), prefix);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
