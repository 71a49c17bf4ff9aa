/** `Connection`: one end of a Pipe, or of a link made by a Listener and a Client. @module */
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { checkWaitOptions, type WaitOptions } from "../base/deadline.ts";
import { handled } from "../base/handled.ts";
import { BufferTooShort, ClosedError, EOFError } from "../base/errors.ts";
import { decodeValue, encodeValue, type Undo } from "../reference/value.ts";
import type { Codec } from "../wire/codec.ts";
import { isChallenge, keyWanted } from "./authentication.ts";
import { encodeWith } from "./codec.ts";
import type { EndStatistics } from "./end_statistics.ts";
import { type Bytes, bytesOf, checkIndex, checkMaxLength, checkSpace, sliceToSend } from "./pipe_bytes.ts";

/** What a {@linkcode Connection} stands on: messages of bytes in order, both ways. */
export interface MessageEnd {
  readonly readable: boolean;
  readonly writable: boolean;
  /** Whether its other end is known to be on this host. */
  readonly isSameHost: boolean;
  /** `null`, or why this end cannot be used here any more: `"it is closed"`. */
  readonly unusable: string | null;
  /** What cut the other end off, when it was no orderly close. */
  readonly loss: unknown;
  /** Resolves when the message is accepted. @throws {BrokenPipeError} when the other end is closed. */
  send(body: Uint8Array | PromiseLike<Uint8Array>, options?: WaitOptions): Promise<void>;
  /** The next message, `null` at the end. */
  receive(options?: WaitOptions): Promise<Uint8Array | null>;
  /** Whether `receive` would not wait. @param ifHere Without a timeout: an end that is on its way to this unit is not waited for. */
  poll(options: WaitOptions, ifHere?: boolean): Promise<boolean>;
  /** Makes the end write-only. */
  stopReading(): void;
  close(): void;
  statistics(): EndStatistics;
}

let endOfConnection: (connection: Connection) => MessageEnd;
let nextFileno = 3; // After stdin, stdout and stderr, as a first descriptor would be.

/** What a Connection stands on. */
export function endOf(connection: Connection): MessageEnd {
  return endOfConnection(connection);
}

/**
 * One end of a {@linkcode Pipe}: sends and receives values, or bytes, as whole messages.
 *
 * - Messages arrive in the order of the `send` calls, each once, never merged or split. Several waiting `recv` calls are served in order.
 * - An end may travel: in the arguments of a process or a task, through a queue or another Connection, nested in any value. Whoever decodes
 *   it takes it over together with its unread messages; the two holders then talk directly. From then on the object here is *handed on*: all
 *   its methods but `close()` reject with `ClosedError`. Until it is taken over, it works here.
 * - `send` waits while the other end has a mebibyte or more unread, also while nobody has taken over the other end yet.
 * - When the other end is closed, or the unit that holds it dies by any means: what had arrived can still be received, then `recv`
 *   rejects with `EOFError`; `send` rejects with `BrokenPipeError`.
 * - A waiting call and messages that have not left keep the program alive, an idle Connection does not.
 *
 * *Differs from Python*: passing an end moves it instead of copying it, so nobody has to close a copy before a reader can see the end of
 * the stream. The unit that passes an end must live until the receiver has taken it over; if it dies before, the end is closed.
 * If the receiver dies before (a child whose module cannot be imported), the end stays here, open, and the other end waits on:
 * `close()` it after `start()`, as in Python, where nobody else is to have it. That takes nothing from a receiver that is on its way.
 *
 * @example
 * ```ts
 * import { Pipe } from "@fenshen/multiprocessing/connection";
 * import assert from "node:assert/strict";
 *
 * const [left, right] = Pipe();
 * await left.send({ answer: 42 });
 * assert.deepEqual(await right.recv(), { answer: 42 });
 * left.close();
 * assert.equal(await right.poll(), true); // The end of the stream can be "received" without waiting.
 * right.close();
 * ```
 */
export class Connection {
  static {
    endOfConnection = (connection) => connection.#end;
  }
  readonly #end: MessageEnd;
  readonly #codec: Codec | null;
  readonly #fileno = nextFileno++;

  /** Connections are made by {@linkcode Pipe}, `Listener` and `Client`, not by programs. */
  constructor(end: MessageEnd, codec: Codec | null = null) {
    if (typeof end?.receive !== "function") {
      throw new TypeError("Cannot make a Connection: ends come in pairs\n  const [left, right] = Pipe();");
    }
    this.#end = end;
    this.#codec = codec;
  }

  /** Whether this end was closed here, or handed on to another unit. */
  get closed(): boolean {
    return this.#end.unusable !== null;
  }

  /** Whether this end can receive. */
  get readable(): boolean {
    return this.#end.readable;
  }

  /** Whether this end can send. */
  get writable(): boolean {
    return this.#end.writable;
  }

  /**
   * Sends a value. It is encoded in this call, so later changes to it do not matter, and an error names the caller's line.
   *
   * @param value Whatever the library can carry: see "What travels" in the documentation.
   * @param options How long to wait for the other end to read. A message given up is not sent.
   * @throws {SerializationError} when the value cannot travel.
   * @throws {BrokenPipeError} when the other end is closed. @throws {ClosedError} when this one is, or was handed on.
   * @throws {TimeoutError} when `timeout` passed before the message was accepted.
   */
  send(value: unknown, options?: WaitOptions): Promise<void> {
    return this.#write((carried) => {
      if (this.#codec !== null) return encodeWith(this.#codec, value);
      return encodeValue(value, "value", carried, this.#end.isSameHost ? "once" : "elsewhere");
    }, options);
  }

  /**
   * Sends bytes as one message. They are copied in this call.
   *
   * @param buffer A typed array, a `DataView` or a buffer. Offset and size count bytes, whatever its elements are.
   * @param offset Where to begin.
   * @param size How many bytes; default: to the end.
   * @throws {RangeError} when offset and size do not lie in the buffer. @throws {TypeError} when it is no buffer, such as a string.
   */
  sendBytes(buffer: Bytes, offset = 0, size?: number | null, options?: WaitOptions): Promise<void> {
    return this.#write(() => sliceToSend(buffer, offset, size), options);
  }

  /**
   * Receives the next value.
   *
   * @param options `timeout` in milliseconds and `signal`; a wait that was given up leaves the message for the next call.
   * @throws {EOFError} when the other end is closed and nothing is left. @throws {TimeoutError} when nothing came in time.
   * @throws {SerializationError} when the message is none of `send`; it is consumed.
   * @throws {AuthenticationError} when it is the challenge of a Listener: the Client needs an `authkey`.
   */
  recv(options?: WaitOptions): Promise<unknown> {
    return handled(this.#read(options).then((body) => this.#decode(body)));
  }

  /**
   * Receives the next message as bytes. A value that was sent with `send` gives its encoded form.
   *
   * @param maxLength The longest message to accept. A longer one makes this end unreadable, as in Python: write-only, or closed when it could not write.
   * Other calls that wait for a message then reject, too.
   * @throws {RangeError} when `maxLength` is negative.
   */
  recvBytes(maxLength?: number | null, options?: WaitOptions): Promise<Uint8Array> {
    return handled((async () => {
      checkMaxLength(maxLength);
      const body = await this.#read(options);
      if (maxLength === undefined || maxLength === null || body.length <= maxLength) return ownBytes(body);
      if (this.#end.writable) this.#end.stopReading();
      else this.#end.close();
      throw new Error(`Cannot receive bytes: bad message length, at most ${maxLength} bytes are accepted, received ${body.length}`);
    })());
  }

  /**
   * Receives the next message into a buffer.
   *
   * @param buffer A typed array, a `DataView` or a buffer.
   * @param offset Where in the buffer to begin, in bytes.
   * @returns The number of bytes of the message.
   * @throws {BufferTooShort} when it does not fit; its `data` is the whole message, which is consumed.
   * @throws {RangeError} when the offset does not lie in the buffer.
   */
  recvBytesInto(buffer: Bytes, offset = 0, options?: WaitOptions): Promise<number> {
    return handled((async () => {
      const target = bytesOf(buffer, "receive into");
      checkIndex(offset, "receive into a buffer", "offset");
      checkSpace(target, offset);
      const body = await this.#read(options);
      if (body.length > target.length - offset) throw new BufferTooShort(ownBytes(body));
      target.set(body, offset);
      return body.length;
    })());
  }

  /**
   * Whether `recv` would not wait: a message is here, or the stream has ended. Consumes nothing.
   *
   * What has reached this unit counts, also when the event loop has not handed it over yet; an end on its way to this unit is waited for.
   *
   * @param timeout How long to wait for that, in milliseconds. Default: not at all; `null`: for ever.
   */
  poll(timeout: number | null = 0, options?: { signal?: AbortSignal | null }): Promise<boolean> {
    return handled((async () => {
      this.#check("poll a Connection", "readable");
      const limits = { timeout, signal: options?.signal };
      checkWaitOptions(limits);
      return await this.#end.poll(limits);
    })());
  }

  /** A number that stands for this Connection in this unit. *Differs from Python*: it is no descriptor of the operating system. */
  fileno(): number {
    if (this.#end.unusable !== null) throw new ClosedError(`Cannot give the number of a Connection: ${this.#end.unusable}`);
    return this.#fileno;
  }

  /**
   * Closes this end. Messages sent before are still delivered, also those whose `send` waits; unread ones are lost, and waiting receivers get a
   * `ClosedError`. Idempotent, and nothing at all after the end was handed on. An end that is under way to another unit stays open for it.
   */
  close(): void {
    this.#end.close();
  }

  /** A frozen snapshot for debugging. */
  statistics(): EndStatistics {
    return this.#end.statistics();
  }

  /** Receives values until the other end is closed. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<unknown> {
    for (;;) {
      this.#check("receive on a Connection", "readable");
      const body = await this.#end.receive();
      if (body === null) return;
      yield await this.#decode(body);
    }
  }

  /** Closes this end. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** `Connection`. */
  get [Symbol.toStringTag](): string {
    return "Connection";
  }

  /** What a console shows. */
  [inspectNode](): string {
    const direction = this.readable ? this.writable ? "duplex" : "read-only" : "write-only";
    const { state, unreadMessages } = this.statistics();
    return `<Connection ${direction}, ${state}, ${unreadMessages} unread>`;
  }
  /** The same for Deno. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }

  #decode(body: Uint8Array): unknown {
    if (isChallenge(body)) throw keyWanted();
    return this.#codec === null ? decodeValue(body) : this.#codec.decode(ownBytes(body));
  }

  #write(encode: (carried: Undo[]) => Uint8Array | Promise<Uint8Array>, options: WaitOptions | undefined): Promise<void> {
    return handled((async () => {
      this.#check("send on a Connection", "writable");
      checkWaitOptions(options);
      if (options?.signal?.aborted) throw options.signal.reason;
      const carried: Undo[] = [];
      try {
        await this.#end.send(encode(carried), options);
      } catch (error) {
        for (const undo of carried.splice(0)) undo();
        throw error;
      }
    })());
  }

  async #read(options: WaitOptions | undefined): Promise<Uint8Array> {
    this.#check("receive on a Connection", "readable");
    checkWaitOptions(options);
    const body = await this.#end.receive(options);
    if (body === null) {
      throw new EOFError("Cannot receive on a Connection: its other end is closed and nothing is left", causeOf(this.#end.loss));
    }
    return body;
  }

  #check(action: string, direction: "readable" | "writable"): void {
    const { unusable } = this.#end;
    if (unusable !== null) throw new ClosedError(`Cannot ${action}: ${unusable}`);
    if (!this.#end[direction]) {
      throw new Error(`Cannot ${action}: it is ${direction === "readable" ? "write-only" : "read-only"}`);
    }
  }
}

function causeOf(loss: unknown): ErrorOptions | undefined {
  return loss === null || loss === undefined ? undefined : { cause: loss };
}

/** A message may be a view on a larger buffer of the transport, which must not be kept alive by it, nor seen. */
function ownBytes(body: Uint8Array): Uint8Array {
  return body.byteLength === body.buffer.byteLength ? body : body.slice();
}
