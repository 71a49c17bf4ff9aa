/**
 * Which ends of pipes a message carries. An end that is under way stays open for its receiver even when its sender closes it; when the message
 * dies instead (its receiver died, it could not be encoded), whoever sent it says so here, or the other end would wait for ever.
 *
 * @module
 */
import type { Channel } from "./channel.ts";
import type { Introducer, Offer } from "./pipe_introducer.ts";

/** The messages under way that carry one end, and the ticket in them. */
export class Carriage {
  readonly #introducer: Introducer;
  readonly #claimed: (channel: Channel) => void;
  #offer: Offer | null = null;
  #messages = 0;

  /** @param claimed Called with the channel of whoever decodes a message. */
  constructor(introducer: Introducer, claimed: (channel: Channel) => void) {
    this.#introducer = introducer;
    this.#claimed = claimed;
  }

  /** Whether somebody may still come. */
  get isUnderWay(): boolean {
    return this.#messages > 0;
  }

  /** One message more. */
  add(): Offer {
    this.#offer ??= this.#introducer.offer(this.#claimed);
    this.#messages++;
    return this.#offer;
  }

  /** One message less: it was decoded, or has died. */
  remove(): void {
    if (this.#messages === 0 || --this.#messages > 0) return;
    this.#offer?.withdraw();
    this.#offer = null;
  }
}
