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

/** Something that a message carries. */
export interface Carried {
  /** The message will never be decoded. */
  uncarry(): void;
}

let collecting: Carried[] | null = null;

/** Notes that the message being encoded carries an end. */
export function noteCarried(end: Carried): void {
  collecting?.push(end);
}

/**
 * Encodes a message and notes which ends it carries.
 *
 * @param encode Starts the encoding; what it meets before its first `await` is noted.
 * @returns Its result, and what to call when the message has died.
 */
export function collectCarried<T>(encode: () => T): { result: T; died: () => void } {
  const outer = collecting;
  const carried: Carried[] = [];
  collecting = carried;
  const died = () => {
    for (const end of carried.splice(0)) end.uncarry();
  };
  try {
    return { result: encode(), died };
  } catch (error) {
    died();
    throw error;
  } finally {
    collecting = outer;
  }
}
