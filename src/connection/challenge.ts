/** The two halves of the handshake, for those who speak it on a connection of their own making. @module */
import type { WaitOptions } from "../base/deadline.ts";
import { handled } from "../base/handled.ts";
import { answer, challenge, checkDigest, type DigestName, type Handshake, keyBytes, LONGEST_REPLY } from "./authentication.ts";

/** What a handshake needs of a Connection. */
export interface HandshakeConnection {
  /** Sends one message. */
  sendBytes(bytes: Uint8Array): Promise<void>;
  /** Receives one, of at most that many bytes. */
  recvBytes(maxLength: number, options?: WaitOptions): Promise<Uint8Array>;
}

/** Options of {@linkcode deliverChallenge}. */
export interface ChallengeOptions extends WaitOptions {
  /** The digest to ask for, by Python's name: `md5 sha256 sha384 sha3_256 sha3_384`. Default: `"sha256"`. */
  digestName?: DigestName;
}

/**
 * Has the other side of a connection prove that it knows a key; it must call `answerChallenge()`. `Listener` and `Client` do this by themselves.
 *
 * The bytes are those of CPython 3.12 and later; older ones answer them too.
 *
 * @param authkey Bytes, or a text, which means its UTF-8 bytes.
 * @throws {AuthenticationError} when it does not know the key; it has been told. @throws {EOFError} when it is gone.
 * @throws {TimeoutError} when it does not answer within `timeout`.
 *
 * @example
 * ```ts
 * import { answerChallenge, deliverChallenge, Pipe } from "@fenshen/multiprocessing/connection";
 *
 * const [left, right] = Pipe();
 * await Promise.all([deliverChallenge(left, "secret"), answerChallenge(right, "secret")]);
 * left.close();
 * right.close();
 * ```
 */
export function deliverChallenge(
  connection: HandshakeConnection,
  authkey: Uint8Array | string,
  options: ChallengeOptions = {},
): Promise<void> {
  return handled((async () => {
    const { digestName = "sha256", ...limits } = options;
    checkDigest(digestName);
    const key = keyBytes(authkey, "authenticate");
    await perform((send) => challenge(key, digestName, send), connection, limits);
  })());
}

/**
 * Proves to the other side of a connection, which must call `deliverChallenge()`, that this one knows the key. Speaks with every version of CPython.
 *
 * @param authkey Bytes, or a text, which means its UTF-8 bytes.
 * @throws {AuthenticationError} when the other side does not challenge, or rejects the answer. @throws {EOFError} when it is gone.
 * @throws {TimeoutError} when it says nothing within `timeout`.
 */
export function answerChallenge(
  connection: HandshakeConnection,
  authkey: Uint8Array | string,
  options: WaitOptions = {},
): Promise<void> {
  return handled((async () => {
    const key = keyBytes(authkey, "authenticate");
    await perform((send) => answer(key, send), connection, options);
  })());
}

async function perform(
  begin: (send: (frame: Uint8Array) => void) => Handshake,
  connection: HandshakeConnection,
  limits: WaitOptions,
): Promise<void> {
  const sent: Promise<void>[] = [];
  const handshake = begin((frame) => void sent.push(connection.sendBytes(frame)));
  try {
    let step = handshake.next(new Uint8Array(0));
    while (!step.done) step = handshake.next(await connection.recvBytes(LONGEST_REPLY, limits));
  } finally {
    await Promise.all(sent); // Also the word of a refusal.
  }
}
