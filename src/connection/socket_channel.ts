/** A channel over a byte stream, between processes. @module */
import type { ByteSocket } from "../runtime/types.ts";
import { encodeFrames, FrameDecoder, truncatedFrame } from "./framing.ts";
import { type Transport, TransportChannel, type TransportEvents } from "./transport_channel.ts";

/** The longest frame that a typed array holds on every runtime. */
export const LONGEST_FRAME = 2 ** 32;

/** How a {@linkcode socketChannel} is set up. */
export interface SocketChannelOptions {
  /** The longest frame that is accepted, in bytes; a longer one ends the channel with an error. */
  maxFrame?: number;
}

class SocketTransport implements Transport {
  unsent = 0;
  readonly #socket: ByteSocket;
  readonly #events: TransportEvents;
  readonly #decoder: FrameDecoder;
  #failure: Error | null = null;

  constructor(socket: ByteSocket, maxFrame: number, events: TransportEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#decoder = new FrameDecoder(maxFrame, (frame) => events.frame(frame));
    socket.onData((bytes) => this.#read(bytes));
    socket.onEnd(() => {
      if (this.#failure === null && !this.#decoder.isBetweenFrames) this.#fail(truncatedFrame());
      else events.peerEnded();
    });
    socket.onClose((error) => {
      // A connection that was reset has no "end".
      if (this.#failure === null && !this.#decoder.isBetweenFrames) this.#failure = error ?? truncatedFrame();
      events.gone(this.#failure ?? error);
    });
  }

  get buffered(): number {
    return this.unsent;
  }

  set maxFrame(bytes: number) {
    this.#decoder.maxFrame = bytes;
  }

  send(frames: Uint8Array[]): void {
    const chunks = encodeFrames(frames);
    if (chunks.length === 1) this.#write(chunks[0]!);
    else this.#socket.together(() => chunks.forEach((chunk) => this.#write(chunk)));
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  consumed(): void {}

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }

  #write(chunk: Uint8Array): void {
    this.unsent += chunk.length;
    this.#socket.write(chunk, () => {
      this.unsent -= chunk.length;
      this.#events.moved();
    });
  }

  #read(bytes: Uint8Array): void {
    if (this.#failure !== null) return;
    try {
      this.#decoder.push(bytes);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#socket.destroy();
  }
}

/** A socket channel before its user has it. */
export interface OpeningChannel {
  channel: TransportChannel;
  /** Sets the longest frame that is accepted from now on. */
  setMaxFrame(bytes: number): void;
}

/** Opens a channel for a handshake: the limit can be raised once the peer has shown who it is. */
export function openingChannel(socket: ByteSocket, maxFrame: number): OpeningChannel {
  let transport!: SocketTransport;
  const channel = new TransportChannel((events) => transport = new SocketTransport(socket, maxFrame, events));
  return { channel, setMaxFrame: (bytes) => void (transport.maxFrame = bytes) };
}

/** A channel over a connected socket. */
export function socketChannel(socket: ByteSocket, options: SocketChannelOptions = {}): TransportChannel {
  return openingChannel(socket, options.maxFrame ?? LONGEST_FRAME).channel;
}
