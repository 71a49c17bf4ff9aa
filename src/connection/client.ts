/** `Client`: connects to a Listener, here or in a Python program. @module */
import { checkWaitOptions, type WaitOptions } from "../base/deadline.ts";
import { handled } from "../base/handled.ts";
import { TimeoutError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";
import { describe, type Family, familyFor, type SocketAddress, toConnect } from "./address.ts";
import { connectSocket, openWithin, whenAborted } from "./attempt.ts";
import { keyBytes } from "./authentication.ts";
import { codecOf, type CodecOption } from "./codec_option.ts";
import { Connection } from "./connection.ts";
import { checkMaxMessage } from "./limits.ts";
import { openEnd } from "./opening.ts";
import { registerConnectionHandles } from "./pipe.ts";
import { HANDSHAKE_DEADLINE } from "./reception.ts";

const VERB = "connect";

/** Options of {@linkcode Client}. */
export interface ClientOptions extends WaitOptions {
  /** Default: what the address is. */
  family?: Family | null;
  /** The secret that both sides must know; a text means its UTF-8 bytes, an empty one is a key too. Default: none, nobody proves anything. */
  authkey?: Uint8Array | string | null;
  /** How values become bytes. Default: `"native"`. */
  codec?: CodecOption | null;
  /** The longest message to accept, in bytes; a longer one breaks the connection. Default: 4 GiB. */
  maxMessageLength?: number | null;
  /** Milliseconds for connecting and proving the key together. Default: 20,000, so that a silent peer is an error; `null`: for ever. */
  timeout?: number | null;
}

/**
 * Connects to a {@linkcode Listener}, or to one of Python's.
 *
 * - With an `authkey` both sides prove that they know it, as in CPython 3.8 and later, before anything is decoded. The key itself never travels.
 * - Whatever goes wrong rejects, at the latest after `timeout`, and leaves nothing behind: wrong key, no key on either side, a port that
 *   talks something else, a silent peer, one that closes in the middle.
 *
 * *Differs from Python*, which waits for ever when the other side has no key. There is one case that no client can see at once: it has no key and
 * the listener has one. Then the first message from there is the challenge, and the first one sent breaks the connection.
 *
 * @param address `[host, port]`, a path, `"\0name"`, or a Windows pipe.
 * @throws {AuthenticationError} when the other side has another key, or speaks something else. @throws {EOFError} when it closes in the middle.
 * @throws {TimeoutError} after `timeout`. @throws {ProcessError} with the system's `code` (`"ECONNREFUSED"`, `"ENOENT"`) when nobody listens.
 *
 * @example
 * ```ts
 * import { Client, Listener } from "@fenshen/multiprocessing/connection";
 * import assert from "node:assert/strict";
 *
 * const listener = new Listener({ address: ["localhost", 0], authkey: "secret" });
 * const [theirs, ours] = await Promise.all([listener.accept(), Client(listener.address, { authkey: "secret" })]);
 * await ours.send({ question: "6 * 7" });
 * assert.deepEqual(await theirs.recv(), { question: "6 * 7" });
 * for (const end of [ours, theirs, listener]) end.close();
 * ```
 */
export function Client(address: SocketAddress, options: ClientOptions = {}): Promise<Connection> {
  return handled(connect(address, options));
}

async function connect(address: SocketAddress, options: ClientOptions): Promise<Connection> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `Cannot connect: options must be an object, received ${
        options === null ? "null" : typeof options
      }\n  await Client(address, { authkey })`,
    );
  }
  const { family, authkey, codec, signal, timeout = HANDSHAKE_DEADLINE } = options;
  familyFor(address, family, VERB);
  const where = toConnect(address, VERB);
  const key = authkey === undefined || authkey === null ? null : keyBytes(authkey, VERB);
  const ownCodec = codecOf(codec, key, VERB);
  const maxMessageLength = checkMaxMessage(options.maxMessageLength, VERB);
  checkWaitOptions({ timeout, signal });
  registerConnectionHandles();
  const letGo = runtime.keepAlive();
  try {
    return await openWithin({ timeout, signal }, () => tooSlow(address, timeout), async (attempt) => {
      const opening = openEnd(await connectSocket(where, attempt), { side: "client", key, maxMessageLength });
      whenAborted(attempt, (reason) => opening.abandon(reason));
      return new Connection(await opening.end, ownCodec);
    });
  } finally {
    letGo();
  }
}

function tooSlow(address: SocketAddress, timeout: number | null): TimeoutError {
  return new TimeoutError(
    `Cannot connect to ${describe(address)}: the other side did not finish the handshake within ${timeout} ms; has it a key?`,
  );
}
