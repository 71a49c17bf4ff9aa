/** Gathers what is sent in one turn of the event loop. @module */

/** Frames wait here until the turn ends, then leave together. */
export class Batcher {
  readonly #transmit: (frames: Uint8Array[]) => void;
  #frames: Uint8Array[] = [];
  #scheduled = false;

  /** @param transmit Sends a batch; never called with none. */
  constructor(transmit: (frames: Uint8Array[]) => void) {
    this.#transmit = transmit;
  }

  /** Adds a frame to the batch of this turn. */
  add(frame: Uint8Array): void {
    this.#frames.push(frame);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Two microtasks: what the promises of this turn send directly goes along, and nobody waits for a turn of the loop.
    queueMicrotask(() => queueMicrotask(() => this.flush()));
  }

  /** Sends the batch now. */
  flush(): void {
    this.#scheduled = false;
    const frames = this.#frames;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#transmit(frames);
  }

  /** Forgets the batch. */
  clear(): void {
    this.#frames = [];
  }
}
