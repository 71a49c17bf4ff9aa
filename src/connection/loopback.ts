/** A channel within one unit. @module */
import type { Channel } from "./channel.ts";
import { runtime } from "../runtime/runtime.ts";
import { framedSize } from "./framing.ts";
import { type Transport, TransportChannel, type TransportEvents } from "./transport_channel.ts";

/** After this many deliveries in microtasks, one goes round the event loop. */
const DELIVERIES_PER_TURN = 64;

let deliveries = 0;

/** Two parties that answer each other in microtasks only would keep timers and sockets of the unit waiting for ever. */
function soon(deliver: () => void): void {
  if (++deliveries % DELIVERIES_PER_TURN === 0) setImmediate(deliver);
  else queueMicrotask(deliver);
}

class LoopbackTransport implements Transport {
  peer!: LoopbackTransport;
  buffered = 0;
  readonly unsent = 0;
  readonly #events: TransportEvents;
  #ended = false;
  #gone = false;
  /** What the peer has sent: batches, and `null` for its end. */
  #arriving: (Uint8Array[] | null)[] = [];
  #release: (() => void) | undefined;

  constructor(events: TransportEvents) {
    this.#events = events;
    this.ref();
  }

  send(frames: Uint8Array[]): void {
    if (this.peer.#gone) return;
    for (const frame of frames) this.buffered += framedSize(frame.length);
    // Both sides may keep their bytes and write to them.
    this.peer.#post(frames.map((frame) => frame.slice()));
  }

  end(): void {
    this.#ended = true;
    this.peer.#post(null);
  }

  destroy(): void {
    this.#leave();
    // What was posted before comes first.
    this.peer.#post(null);
  }

  consumed(bytes: number): void {
    this.peer.buffered -= bytes;
    this.peer.#events.moved();
  }

  pause(): void {}
  resume(): void {}

  ref(): void {
    if (!this.#gone) this.#release ??= runtime.keepAlive();
  }

  unref(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #post(batch: Uint8Array[] | null): void {
    this.#arriving.push(batch);
    if (this.#arriving.length === 1) soon(() => this.#deliver());
  }

  #deliver(): void {
    const arriving = this.#arriving;
    this.#arriving = [];
    for (const batch of arriving) {
      if (this.#gone) return;
      if (batch === null) this.#peerEnded();
      else for (const frame of batch) this.#events.frame(frame);
    }
  }

  #peerEnded(): void {
    this.#events.peerEnded(); // Ends this side too, if it has not ended by itself.
    if (!this.#ended) return;
    this.#leave();
    this.#events.gone(null);
  }

  #leave(): void {
    this.#gone = true;
    this.unref();
  }
}

/** Two channels, each the other's peer, within this unit. */
export function loopbackPair(): [Channel, Channel] {
  let near!: LoopbackTransport;
  let far!: LoopbackTransport;
  const a = new TransportChannel((events) => near = new LoopbackTransport(events));
  const b = new TransportChannel((events) => far = new LoopbackTransport(events));
  near.peer = far;
  far.peer = near;
  return [a, b];
}
