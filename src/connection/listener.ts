/** `Listener`: where other programs connect. @module */
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { checkWaitOptions, timeoutOf, type WaitOptions } from "../base/deadline.ts";
import { handled } from "../base/handled.ts";
import { SUBDEBUG } from "../base/logger.ts";
import { log } from "../runtime/log.ts";
import { runtime } from "../runtime/runtime.ts";
import type { SocketListener } from "../runtime/types.ts";
import type { Codec } from "../wire/codec.ts";
import {
  describe,
  type Family,
  familyFor,
  freshAddress,
  listenerClosed,
  publicAddress,
  type SocketAddress,
  systemError,
  toListen,
} from "./address.ts";
import { keyBytes } from "./authentication.ts";
import { codecOf, type CodecOption } from "./codec_option.ts";
import { Connection } from "./connection.ts";
import { checkMaxMessage } from "./limits.ts";
import { closeAtExit, closeListener } from "./open_listeners.ts";
import { registerConnectionHandles } from "./pipe.ts";
import { HANDSHAKE_DEADLINE, LEAST_BACKLOG, Reception, type Visit } from "./reception.ts";

const VERB = "listen";

/** Options of a {@linkcode Listener}. */
export interface ListenerOptions {
  /** Where to listen. Port 0: any free one. Default: any address of the family that nobody uses. */
  address?: SocketAddress | null;
  /** Default: what the address is; without one `"AF_UNIX"`, on Windows `"AF_PIPE"`. */
  family?: Family | null;
  /**
   * How many clients the system may let wait until this program looks at them: at least, and by default, 128. Four times as many may be in their handshake, of
   * more the oldest is sent away; and four times as many may wait for `accept()`, further ones are sent away.
   */
  backlog?: number | null;
  /** The secret that clients must know; a text means its UTF-8 bytes, an empty one is a key too. Default: none, everybody is let in. */
  authkey?: Uint8Array | string | null;
  /** How long a client may take to prove its key, in milliseconds. Default: 20,000; `null`: for ever. */
  handshakeTimeout?: number | null;
  /** How values become bytes. Default: `"native"`. */
  codec?: CodecOption | null;
  /** The longest message to accept from a client that is let in, in bytes; a longer one breaks its connection. Default: 4 GiB. Before that it is 256 bytes. */
  maxMessageLength?: number | null;
}

/** What a {@linkcode Listener} is doing, for debugging. */
export interface ListenerStatistics {
  /** Clients that wait for `accept()`, and failures that it would tell. */
  readonly waitingClients: number;
  /** Clients that have not proved their key yet, and those that are being sent away. */
  readonly handshakes: number;
  /** `accept()` calls that wait. */
  readonly waitingAccepts: number;
  /** Whether it still listens. */
  readonly state: "open" | "closed";
}

let poll: (listener: Listener, options: WaitOptions) => Promise<boolean>;

/** Whether `accept()` would not wait. */
export function pollListener(listener: Listener, options: WaitOptions): Promise<boolean> {
  return poll(listener, options);
}

/**
 * Waits for programs that connect with {@linkcode Client}, or with Python's `multiprocessing.connection.Client`.
 *
 * - It listens when the constructor returns, and from then on proves keys, many at once: a slow or hostile client blocks nobody.
 *   A client has `handshakeTimeout` and 256 bytes a message until it has proved its key, and nothing of it is decoded before.
 * - `accept()` gives the clients one by one, in the order in which they were let in. For one that did not prove its key it rejects, and the next
 *   `accept()` goes on; the iterator passes over such clients, and the log tells of them.
 * - Without a key only data travels; with one also functions, classes and shared objects, as far as the other host can reach them.
 * - A socket file belongs to this user alone, and is removed by `close()` and at the end of the program. A program that is killed leaves a file at an
 *   address of its own choice; then the next one cannot listen there before somebody has removed it.
 * - A waiting `accept()` keeps the program alive, an idle Listener does not.
 *
 * *Differs from Python*: handshakes do not wait for `accept()`; an empty key is a key, also before Python 3.13.
 *
 * @example
 * ```ts
 * import { Client, Listener } from "@fenshen/multiprocessing/connection";
 * import assert from "node:assert/strict";
 *
 * const listener = new Listener({ authkey: "secret" });
 * const client = Client(listener.address, { authkey: "secret" }).then(async (conn) => {
 *   await conn.send("hello");
 *   conn.close();
 * });
 * for await (const conn of listener) {
 *   assert.equal(await conn.recv(), "hello");
 *   conn.close();
 *   break;
 * }
 * await client;
 * await listener.close();
 * ```
 */
export class Listener {
  static {
    poll = (listener, options) => listener.#poll(options);
  }
  readonly #reception: Reception;
  readonly #listener: SocketListener;
  readonly #codec: Codec | null;
  readonly #address: SocketAddress;
  #lastAccepted: SocketAddress | null = null;
  #closed: Promise<void> | null = null;

  /**
   * Listens.
   *
   * @throws {TypeError} or {RangeError} for a bad option. @throws {ProcessError} with the system's `code` when it cannot listen there:
   * `"EADDRINUSE"` also where a program that was killed has left its socket file.
   */
  constructor(options: ListenerOptions = {}) {
    if (typeof options !== "object" || options === null || Array.isArray(options)) {
      throw new TypeError(
        `Cannot listen: options must be an object, received ${describe(options)}\n  new Listener({ address: ["localhost", 6000] })`,
      );
    }
    const family = familyFor(options.address ?? undefined, options.family, VERB);
    const address = options.address ?? freshAddress(family);
    const where = toListen(address, VERB);
    const key = options.authkey === undefined || options.authkey === null ? null : keyBytes(options.authkey, VERB);
    const backlog = checkBacklog(options.backlog);
    this.#codec = codecOf(options.codec, key, VERB);
    const maxMessageLength = checkMaxMessage(options.maxMessageLength, VERB);
    const { handshakeTimeout = HANDSHAKE_DEADLINE } = options;
    this.#reception = new Reception({ side: "listener", key, maxMessageLength }, backlog, timeoutOf(handshakeTimeout));
    registerConnectionHandles();
    try {
      this.#listener = runtime.bind(where, (socket) => this.#reception.greet(socket), { backlog });
    } catch (error) {
      throw systemError("listen at", address, error);
    }
    this.#listener.unref();
    this.#address = publicAddress(this.#listener.address);
    closeAtExit(this.#listener);
    log.log(SUBDEBUG, () => `listener created with address=${describe(this.#address)}`);
  }

  /** Where it listens: what to give to `Client`. On TCP with the real port. */
  get address(): SocketAddress {
    return this.#address;
  }

  /** Where the client of the last `accept()` came from: `[host, port]` on TCP, `""` on others; `null` before the first. */
  get lastAccepted(): SocketAddress | null {
    return this.#lastAccepted;
  }

  /**
   * The next client.
   *
   * @param options `timeout` in milliseconds and `signal`; a wait that was given up leaves the client for the next call.
   * @throws {AuthenticationError} when the next client did not prove the key. @throws {EOFError} when it went in the middle.
   * @throws {TimeoutError} when it took too long for that, or nobody came within `timeout`. @throws {ClosedError} after `close()`.
   */
  accept(options?: WaitOptions): Promise<Connection> {
    return handled(this.#accept(options));
  }

  /**
   * Listens no more: waiting `accept()` calls reject with `ClosedError`, clients that were not accepted are sent away. Connections live on. Idempotent.
   *
   * @returns Resolves when another listener can have the address.
   */
  close(): Promise<void> {
    if (this.#closed === null) {
      log.log(SUBDEBUG, () => `closing listener with address=${describe(this.#address)}`);
      this.#closed = closeListener(this.#listener);
      this.#reception.close();
    }
    return this.#closed;
  }

  /** A frozen snapshot for debugging. */
  statistics(): ListenerStatistics {
    return Object.freeze({ ...this.#reception.counts(), state: this.#closed === null ? "open" : "closed" } as const);
  }

  /** The clients that were let in, until the listener is closed. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Connection> {
    while (this.#closed === null) {
      let visit: Visit | null;
      try {
        visit = await this.#reception.take(undefined);
      } catch {
        return; // It was closed: the only reason.
      }
      const connection = this.#connect(visit!);
      if (connection !== null) yield connection;
    }
  }

  /** Closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** `Listener`. */
  get [Symbol.toStringTag](): string {
    return "Listener";
  }

  /** What a console shows. */
  [inspectNode](): string {
    const { state, waitingClients } = this.statistics();
    return `<Listener ${describe(this.#address)}, ${state}, ${waitingClients} waiting>`;
  }
  /** The same for Deno. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }

  async #accept(options: WaitOptions | undefined): Promise<Connection> {
    checkWaitOptions(options);
    const visit = await this.#reception.take(options);
    const connection = this.#connect(visit!);
    if (connection === null) throw visit!.failure;
    return connection;
  }

  #connect({ end, remote }: Visit): Connection | null {
    if (end === null) return null;
    this.#lastAccepted = remote === null ? "" : [remote.host, remote.port];
    return new Connection(end, this.#codec);
  }

  async #poll(options: WaitOptions): Promise<boolean> {
    if (this.#closed !== null) throw listenerClosed("wait for a connection");
    return await this.#reception.ready(options);
  }
}

function checkBacklog(backlog: number | null | undefined): number {
  if (backlog === undefined || backlog === null) return LEAST_BACKLOG;
  if (!Number.isInteger(backlog) || backlog < 0) {
    throw new RangeError(`Cannot listen: backlog must be an integer that is not negative, received ${String(backlog)}`);
  }
  return Math.max(backlog, LEAST_BACKLOG);
}
