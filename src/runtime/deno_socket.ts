/** Byte streams over Deno's own connections. @module */
import type { ByteSocket } from "./types.ts";
import { keepAlive } from "./common/lifecycle.ts";
import { isSameHost } from "./common/socket.ts";

/** An address of a `Deno.Conn`. */
interface DenoAddress {
  transport: string;
  hostname?: string;
  port?: number;
}

/** What is used of a `Deno.UnixConn` or a `Deno.TcpConn`. */
export interface DenoConnection {
  readonly localAddr: DenoAddress;
  readonly remoteAddr: DenoAddress;
  /** On TCP. */
  setNoDelay?(): void;
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
  ref(): void;
  unref(): void;
}

interface Chunk {
  bytes: Uint8Array;
  taken: (() => void) | undefined;
}

/** With more than this waiting, `write()` says no; small chunks leave in writes of at most this size. In bytes. */
const HIGH_WATER_MARK = 1 << 16;
/** The most that one read gives, in bytes. */
const READ_SIZE = 1 << 16;

/** The other side is gone; what it sent before is still to be read. macOS says ENOTCONN when a stream to it is ended. */
function isPeerGone(error: unknown): boolean {
  return ["EPIPE", "ECONNRESET", "ENOTCONN"].includes((error as { code?: string }).code ?? "");
}

/** Fulfils the contract's `ByteSocket` with a connection that Deno has accepted. */
export class DenoSocket implements ByteSocket {
  readonly remote: { host: string; port: number } | null;
  readonly isSameHost: boolean;
  readonly #connection: DenoConnection;
  #onData: ((bytes: Uint8Array) => void) | null = null;
  #onDrain: (() => void) | null = null;
  #onEnd: (() => void) | null = null;
  #onClose: ((error: Error | null) => void) | null = null;
  #queue: Chunk[] = [];
  /** Bytes that the system has not taken: those of the queue and of the write that is on its way. */
  #unsent = 0;
  #isWriting = false;
  #isCorked = false;
  #wantsDrain = false;
  #writable = true;
  #ending = false;
  #ended = false;
  #peerEnded = false;
  #closed = false;
  #failure: Error | null = null;
  #paused = false;
  #resumed: (() => void) | null = null;
  #referenced = true;
  #release: (() => void) | null = null;

  constructor(connection: DenoConnection) {
    this.#connection = connection;
    const { hostname, port } = connection.remoteAddr;
    this.remote = hostname === undefined ? null : { host: hostname, port: port ?? 0 };
    this.isSameHost = hostname === undefined || isSameHost(hostname, connection.localAddr.hostname);
    connection.setNoDelay?.();
    this.#hold();
  }

  write(bytes: Uint8Array, taken?: () => void): boolean {
    if (!this.#writable || this.#ending || this.#closed) {
      if (taken) queueMicrotask(taken);
      return true;
    }
    this.#queue.push({ bytes, taken });
    this.#unsent += bytes.length;
    this.#startWriting();
    const goOn = this.#unsent < HIGH_WATER_MARK;
    if (!goOn) this.#wantsDrain = true;
    return goOn;
  }

  together(send: () => void): void {
    this.#isCorked = true;
    try {
      send();
    } finally {
      this.#isCorked = false;
      this.#startWriting();
    }
  }

  onData(handler: (bytes: Uint8Array) => void): void {
    const isFirst = this.#onData === null;
    this.#onData = handler;
    this.#hold();
    if (isFirst) void this.#read();
  }

  onDrain(handler: () => void): void {
    this.#onDrain = handler;
  }

  onEnd(handler: () => void): void {
    this.#onEnd = handler;
  }

  onClose(handler: (error: Error | null) => void): void {
    this.#onClose = handler;
    if (this.#closed) this.#tellClosed();
  }

  pause(): void {
    this.#paused = true;
    this.#hold();
  }

  resume(): void {
    this.#paused = false;
    this.#hold();
    this.#wake();
  }

  end(): void {
    if (!this.#writable || this.#ending || this.#closed) return;
    this.#ending = true;
    this.#startWriting();
  }

  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#hold();
    this.#connection.close();
    this.#wake();
    this.#dropQueue();
    this.#tellClosed();
  }

  ref(): void {
    this.#referenced = true;
    this.#hold();
    if (!this.#closed) this.#connection.ref();
  }

  unref(): void {
    this.#referenced = false;
    this.#hold();
    if (!this.#closed) this.#connection.unref();
  }

  /** A read that waits holds the program; without one the socket does it itself. */
  #hold(): void {
    const wanted = this.#referenced && !this.#closed && (this.#paused || this.#onData === null);
    if (wanted) this.#release ??= keepAlive();
    else {
      this.#release?.();
      this.#release = null;
    }
  }

  #wake(): void {
    this.#resumed?.();
    this.#resumed = null;
  }

  /** Settles when the socket is not paused, or closed. */
  async #untilResumed(): Promise<void> {
    while (this.#paused && !this.#closed) await new Promise<void>((resolve) => this.#resumed = resolve);
  }

  async #read(): Promise<void> {
    let buffer = new Uint8Array(READ_SIZE);
    for (;;) {
      if (this.#paused) await this.#untilResumed();
      if (this.#closed) return;
      let length: number | null;
      try {
        length = await this.#connection.read(buffer);
      } catch (error) {
        return this.#fail(error as Error);
      }
      // A pause may have come while the read waited.
      if (this.#paused) await this.#untilResumed();
      if (this.#closed) return;
      if (length === null) return this.#readEnd();
      if (length <= READ_SIZE / 4) this.#onData!(buffer.slice(0, length));
      else {
        const bytes = buffer.subarray(0, length);
        buffer = new Uint8Array(READ_SIZE);
        this.#onData!(bytes);
      }
    }
  }

  #readEnd(): void {
    this.#peerEnded = true;
    this.#onEnd?.();
    this.#closeWhenBothEnded();
    this.#hold();
  }

  #startWriting(): void {
    if (this.#isWriting || this.#isCorked || this.#closed || !this.#writable) return;
    if (this.#queue.length === 0 && !this.#ending) return;
    this.#isWriting = true;
    void this.#writeQueue();
  }

  async #writeQueue(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const batch = this.#nextBatch();
        try {
          for (let sent = 0; sent < batch.bytes.length;) {
            sent += await this.#connection.write(sent === 0 ? batch.bytes : batch.bytes.subarray(sent));
          }
        } finally {
          this.#unsent -= batch.bytes.length;
          for (const taken of batch.taken) taken();
        }
      }
      this.#isWriting = false;
      if (this.#ending) await this.#finish();
      else this.#drained();
    } catch (error) {
      this.#isWriting = false;
      this.#writingFailed(error as Error);
    }
  }

  /** Takes from the queue what the next write sends: a large chunk, or as many small ones as fit, with the beginning of the one after them. */
  #nextBatch(): { bytes: Uint8Array; taken: (() => void)[] } {
    const taken: (() => void)[] = [];
    const first = this.#queue[0]!;
    if (this.#queue.length === 1 || first.bytes.length >= HIGH_WATER_MARK) {
      this.#queue.shift();
      if (first.taken) taken.push(first.taken);
      return { bytes: first.bytes, taken };
    }
    const bytes = new Uint8Array(Math.min(this.#unsent, HIGH_WATER_MARK));
    let length = 0;
    let whole = 0;
    for (const chunk of this.#queue) {
      const room = bytes.length - length;
      if (chunk.bytes.length > room) {
        bytes.set(chunk.bytes.subarray(0, room), length);
        chunk.bytes = chunk.bytes.subarray(room);
        break;
      }
      bytes.set(chunk.bytes, length);
      length += chunk.bytes.length;
      whole++;
      if (chunk.taken) taken.push(chunk.taken);
    }
    this.#queue.splice(0, whole);
    return { bytes, taken };
  }

  async #finish(): Promise<void> {
    await this.#connection.closeWrite();
    this.#ended = true;
    this.#closeWhenBothEnded();
  }

  #drained(): void {
    if (!this.#wantsDrain) return;
    this.#wantsDrain = false;
    this.#onDrain?.();
  }

  /** A peer that is gone ends only the writing: what it sent before is still to be read, up to its end. */
  #writingFailed(error: Error): void {
    if (this.#closed) return;
    if (!isPeerGone(error)) return this.#fail(error);
    this.#writable = false;
    this.#dropQueue();
    this.#closeWhenBothEnded();
  }

  #closeWhenBothEnded(): void {
    if (this.#peerEnded && (this.#ended || !this.#writable)) this.destroy();
  }

  #dropQueue(): void {
    const dropped = this.#queue;
    this.#queue = [];
    this.#unsent = 0;
    for (const { taken } of dropped) if (taken) queueMicrotask(taken);
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    if (!isPeerGone(error)) this.#failure = error;
    this.destroy();
  }

  #tellClosed(): void {
    const tell = this.#onClose;
    if (tell) queueMicrotask(() => tell(this.#failure));
  }
}
