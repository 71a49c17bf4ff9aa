/**
 * A `Channel` is how two units talk: ordered, reliable frames with backpressure, and a promise that tells its end.
 * Three flavors fulfil this contract: `loopback` (same unit), `port` (between threads) and `socket` (between processes).
 * No code above may assume that both sides share a host, a file system or a runtime.
 *
 * @module
 */

/** Ordered, reliable frames to one peer. */
export interface Channel {
  /**
   * Queues a frame. The frames of one turn of the event loop leave in one write and one wake-up.
   * The bytes must not change afterwards. After the channel is closed the frame is dropped; `closed` tells.
   */
  send(frame: Uint8Array): void;
  /** Hands what is queued to the transport now: for code that gives up the thread only much later. */
  push(): void;
  /** Bytes queued and not yet taken by the transport or the peer. */
  readonly bufferedAmount: number;
  /** Resolves when `bufferedAmount` is below the high-water mark again (at once if it is), or the channel is closed. */
  drained(): Promise<void>;
  /** Resolves when everything sent so far has left this unit, or the channel is closed. */
  flushed(): Promise<void>;
  /** Sets the one receiver. Frames that arrived before are kept for it, in order. A frame is the receiver's to keep. */
  onFrame(handler: (frame: Uint8Array) => void): void;
  /** Stops delivering frames; the sender's `drained()` then waits once buffers are full. Frames of a batch already begun are held. */
  pause(): void;
  resume(): void;
  /** Sends what is queued, then ends. Frames that the peer sent before its end are still delivered. Idempotent. */
  close(): void;
  /** Ends at once; what is queued is lost. Idempotent. */
  destroy(): void;
  /**
   * Settles when the channel has ended, by whatever means: `close()` here or there, death of the peer, a transport error,
   * a frame that breaks the protocol. Every frame that arrived has been delivered before. Never rejects.
   */
  readonly closed: Promise<ChannelEnd>;
  /** Whether `closed` has settled. */
  readonly isClosed: boolean;
  /** Whether this channel keeps the program alive. A new one does. */
  ref(): void;
  unref(): void;
}

/** Why a channel ended: `error` is `null` for an orderly end on either side. */
export interface ChannelEnd {
  error: Error | null;
}

/** Bytes that may wait in a sender before `drained()` makes it wait. */
export const HIGH_WATER_MARK = 1 << 20;
