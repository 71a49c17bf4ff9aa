/** The receiving half of a channel: frames in order, to one handler, held while there is none or it is paused. @module */
import { Deque } from "../base/deque.ts";

type Handler = (frame: Uint8Array) => void;

/** What the inbox tells its channel. */
export interface InboxEvents {
  /** A frame was handed to the receiver. */
  delivered(frame: Uint8Array): void;
  /** Nothing is held any more. */
  empty(): void;
}

/** Empty frames must not be free, or a peer could have any number of them held. */
function weightOf(frame: Uint8Array): number {
  return frame.length + 64;
}

/** Holds and delivers frames. */
export class Inbox {
  readonly #events: InboxEvents;
  readonly #held = new Deque<Uint8Array>();
  #heldBytes = 0;
  #handler: Handler | undefined;
  #first: Handler | undefined;
  #paused = false;
  #delivering = false;
  #scheduled = false;

  /** @param events How the channel learns of deliveries. */
  constructor(events: InboxEvents) {
    this.#events = events;
  }

  /** Bytes held, with what each frame costs beside its own. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Whether every frame that arrived has been delivered. */
  get isEmpty(): boolean {
    return this.#held.length === 0 && !this.#delivering;
  }

  /** Takes a frame that arrived; delivers it at once where nothing stands before it. */
  push(frame: Uint8Array): void {
    this.#held.push(frame);
    this.#heldBytes += weightOf(frame);
    this.#deliver();
  }

  /** Sets the receiver; what is held comes in the next microtask, so that the caller can finish first. */
  onFrame(handler: Handler): void {
    this.#handler = handler;
    this.#schedule();
  }

  /** Sets a receiver for one frame only, before the real one. */
  onFirstFrame(handler: Handler): void {
    this.#first = handler;
    this.#schedule();
  }

  /** Holds frames from now on, also the rest of a batch. */
  pause(): void {
    this.#paused = true;
  }

  /** Delivers again. */
  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  /** Forgets everything, receiver too. */
  discard(): void {
    this.#held.clear();
    this.#heldBytes = 0;
    this.#handler = this.#first = undefined;
  }

  #schedule(): void {
    if (this.#scheduled || this.#held.length === 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    if (this.#delivering) return; // A handler that pauses, resumes or sends is called from the loop below.
    this.#delivering = true;
    while (!this.#paused && this.#held.length > 0) {
      const handler = this.#first ?? this.#handler;
      if (handler === undefined) break;
      this.#first = undefined;
      const frame = this.#held.shift()!;
      this.#heldBytes -= weightOf(frame);
      this.#call(handler, frame);
      this.#events.delivered(frame);
    }
    this.#delivering = false;
    if (this.#held.length === 0) this.#events.empty();
  }

  #call(handler: Handler, frame: Uint8Array): void {
    try {
      handler(frame);
    } catch (error) {
      // The unit's uncaught error, as from any event handler; the frames behind this one still arrive.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
