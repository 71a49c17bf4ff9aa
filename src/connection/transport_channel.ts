/** The one implementation of `Channel`; a flavor brings its `Transport`. @module */
import { Batcher } from "./batcher.ts";
import { type Channel, type ChannelEnd, HIGH_WATER_MARK } from "./channel.ts";
import { framedSize } from "./framing.ts";
import { Inbox } from "./inbox.ts";

/** How a flavor moves batches of frames. */
export interface Transport {
  /** Takes a batch. Never called after `end`. */
  send(frames: Uint8Array[]): void;
  /** Nothing follows; everything sent before must arrive. The transport reports `gone` when both sides have ended. */
  end(): void;
  /** Ends at once. */
  destroy(): void;
  /** Stops and starts the arrival of frames, as far as the transport can. */
  pause(): void;
  resume(): void;
  /** The receiver has taken this many bytes. */
  consumed(bytes: number): void;
  /** Bytes taken by `send` for which there is no room at the other end yet. */
  readonly buffered: number;
  /** Bytes taken by `send` that have not left this unit. */
  readonly unsent: number;
  ref(): void;
  unref(): void;
}

/** What a transport reports. */
export interface TransportEvents {
  /** A frame arrived. */
  frame(frame: Uint8Array): void;
  /** `buffered` or `unsent` fell. */
  moved(): void;
  /** The peer has ended in order: nothing more arrives. */
  peerEnded(): void;
  /** The transport is at its end: nothing arrives and nothing leaves any more. */
  gone(error: Error | null): void;
}

interface FlushWaiter {
  /** Total of bytes that must have left. */
  target: number;
  resolve: () => void;
}

/** A channel over a transport. */
export class TransportChannel implements Channel {
  readonly closed: Promise<ChannelEnd>;
  readonly #transport: Transport;
  readonly #inbox: Inbox;
  readonly #batcher = new Batcher((frames) => this.#transmit(frames));
  #settle!: (end: ChannelEnd) => void;
  #end: ChannelEnd | null = null;
  #isClosed = false;
  #closing = false;
  #unrefWhenSent = false;
  #stalled = false;
  #queued = 0;
  #sentTotal = 0;
  #drainWaiters: (() => void)[] = [];
  #flushWaiters: FlushWaiter[] = [];

  /** @param open Makes the transport; what it reports goes to the given events. */
  constructor(open: (events: TransportEvents) => Transport) {
    this.closed = new Promise((resolve) => this.#settle = resolve);
    this.#inbox = new Inbox({
      delivered: (frame) => {
        if (!this.#isClosed) this.#transport.consumed(framedSize(frame.length));
      },
      empty: () => this.#emptied(),
    });
    this.#transport = open({
      frame: (frame) => this.#arrived(frame),
      moved: () => this.#wake(),
      peerEnded: () => this.#shut(),
      gone: (error) => this.#gone(error),
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether this side or the peer has said its end: what is sent from now on is dropped. */
  get isEnding(): boolean {
    return this.#closing;
  }

  get bufferedAmount(): number {
    return this.#isClosed ? 0 : this.#queued + this.#transport.buffered;
  }

  send(frame: Uint8Array): void {
    if (this.#closing) return;
    const size = framedSize(frame.length);
    this.#queued += size;
    this.#sentTotal += size;
    this.#batcher.add(frame);
  }

  drained(): Promise<void> {
    if (this.bufferedAmount < HIGH_WATER_MARK) return Promise.resolve();
    return new Promise((resolve) => void this.#drainWaiters.push(resolve));
  }

  push(): void {
    this.#batcher.flush();
  }

  flushed(): Promise<void> {
    if (this.#isClosed || this.#unsent === 0) return Promise.resolve();
    return new Promise((resolve) => void this.#flushWaiters.push({ target: this.#sentTotal, resolve }));
  }

  onFrame(handler: (frame: Uint8Array) => void): void {
    if (!this.#isClosed) this.#inbox.onFrame(handler);
  }

  /** Sets a receiver for the next frame only: a handshake, before the channel goes to its user. */
  onFirstFrame(handler: (frame: Uint8Array) => void): void {
    if (!this.#isClosed) this.#inbox.onFirstFrame(handler);
  }

  pause(): void {
    this.#inbox.pause();
  }

  resume(): void {
    this.#inbox.resume();
    this.#unstall();
  }

  close(): void {
    if (this.#closing) return;
    // The peer's farewell may take long, and is no reason to stay alive once everything sent is on its way.
    this.#unrefWhenSent = true;
    this.#shut();
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#closing = true;
    this.#batcher.clear();
    this.#inbox.discard();
    this.#transport.destroy();
    this.#finish(this.#end ?? { error: null });
  }

  ref(): void {
    this.#unrefWhenSent = false; // Who waits for `closed` after `close()` may say so.
    if (!this.#isClosed) this.#transport.ref();
  }

  unref(): void {
    if (!this.#isClosed) this.#transport.unref();
  }

  #shut(): void {
    if (this.#closing) return;
    this.#batcher.flush();
    this.#closing = true;
    this.#transport.end();
    this.#wake();
  }

  get #unsent(): number {
    return this.#queued + this.#transport.unsent;
  }

  #transmit(frames: Uint8Array[]): void {
    this.#queued = 0;
    if (this.#closing) return;
    this.#transport.send(frames);
    this.#wake();
  }

  #arrived(frame: Uint8Array): void {
    if (this.#isClosed) return;
    this.#inbox.push(frame);
    // Reading goes on while a little is held: only so can the end of the peer be noticed by a paused channel.
    if (!this.#stalled && this.#inbox.heldBytes >= HIGH_WATER_MARK) {
      this.#stalled = true;
      this.#transport.pause();
    }
  }

  #emptied(): void {
    this.#unstall();
    if (this.#end !== null) this.#finish(this.#end);
  }

  #unstall(): void {
    if (!this.#stalled || this.#inbox.heldBytes >= HIGH_WATER_MARK) return;
    this.#stalled = false;
    this.#transport.resume();
  }

  #wake(): void {
    if (this.#drainWaiters.length > 0 && this.bufferedAmount < HIGH_WATER_MARK) this.#wakeDrained();
    const left = this.#sentTotal - this.#unsent;
    while (this.#flushWaiters.length > 0 && this.#flushWaiters[0]!.target <= left) this.#flushWaiters.shift()!.resolve();
    if (!this.#unrefWhenSent || this.#isClosed || this.#unsent > 0) return;
    this.#unrefWhenSent = false;
    this.#transport.unref();
  }

  #wakeDrained(): void {
    const waiters = this.#drainWaiters;
    this.#drainWaiters = [];
    for (const resolve of waiters) resolve();
  }

  #gone(error: Error | null): void {
    if (this.#end !== null || this.#isClosed) return;
    this.#closing = true;
    this.#end = { error };
    this.#batcher.clear();
    if (this.#inbox.isEmpty) this.#finish(this.#end);
  }

  #finish(end: ChannelEnd): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#inbox.discard();
    this.#wakeDrained();
    for (const { resolve } of this.#flushWaiters) resolve();
    this.#flushWaiters = [];
    this.#settle(end);
  }
}
