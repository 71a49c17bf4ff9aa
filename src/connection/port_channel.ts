/** A channel over a message port, between threads. @module */
import type { ThreadPort } from "../runtime/types.ts";
import type { Channel } from "./channel.ts";
import { HIGH_WATER_MARK } from "./channel.ts";
import { FrameDecoder, framedSize, joinFrames } from "./framing.ts";
import { type Transport, TransportChannel, type TransportEvents } from "./transport_channel.ts";

/**
 * What goes over the port: a `Uint8Array` is one frame, an `ArrayBuffer` several joined ones,
 * a number acknowledges that many bytes, `null` is the end.
 */
type PortMessage = Uint8Array | ArrayBuffer | number | null;

/** A port itself has no limit. So many bytes count as taken by it, as by a socket's buffer in the system. */
const WINDOW = HIGH_WATER_MARK;
/** The receiver acknowledges in steps, so that small traffic costs no second message each way. */
const ACKNOWLEDGE = WINDOW / 4;

class PortTransport implements Transport {
  readonly unsent = 0;
  readonly #port: ThreadPort;
  readonly #events: TransportEvents;
  readonly #decoder: FrameDecoder;
  #unacknowledged = 0;
  #consumed = 0;
  #ended = false;
  #peerEnded = false;
  #left = false;

  constructor(port: ThreadPort, events: TransportEvents) {
    this.#port = port;
    this.#events = events;
    this.#decoder = new FrameDecoder(Infinity, (frame) => events.frame(frame));
    port.onMessage((message) => this.#receive(message as PortMessage));
    port.onClose(() => this.#leave());
  }

  get buffered(): number {
    return Math.max(0, this.#unacknowledged - WINDOW);
  }

  send(frames: Uint8Array[]): void {
    for (const frame of frames) this.#unacknowledged += framedSize(frame.length);
    // A copy is moved instead of cloning the frames: cloning a view would copy all of the buffer behind it.
    // A whole buffer, not a view: Deno (2.9) needs 0.1 s for each megabyte of a `Uint8Array` on a port, moved or not.
    const { buffer } = joinFrames(frames);
    this.#port.post(buffer, [buffer]);
  }

  end(): void {
    this.#ended = true;
    this.#port.post(null);
    this.#leaveWhenOver();
  }

  destroy(): void {
    this.#left = true;
    this.#port.close();
  }

  consumed(bytes: number): void {
    this.#consumed += bytes;
    if (this.#consumed < ACKNOWLEDGE) return;
    this.#port.post(this.#consumed);
    this.#consumed = 0;
  }

  pause(): void {}
  resume(): void {}

  ref(): void {
    this.#port.ref();
  }

  unref(): void {
    this.#port.unref();
  }

  #receive(message: PortMessage): void {
    if (this.#left) return;
    if (typeof message === "number") {
      this.#unacknowledged -= message;
      this.#events.moved();
    } else if (message === null) {
      this.#peerEnded = true;
      this.#events.peerEnded(); // Ends this side too, if it has not ended by itself.
      this.#leaveWhenOver();
    } else if (message instanceof Uint8Array) this.#events.frame(message);
    else this.#decoder.push(new Uint8Array(message));
  }

  #leaveWhenOver(): void {
    if (this.#ended && this.#peerEnded) this.#leave();
  }

  #leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#port.close();
    this.#events.gone(null);
  }
}

/** A channel over a port to another thread. */
export function portChannel(port: ThreadPort): Channel {
  return new TransportChannel((events) => new PortTransport(port, events));
}
