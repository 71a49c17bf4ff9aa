/** How ends in different units find each other. @module */
import type { Channel } from "./channel.ts";
import { PipeLink } from "./pipe_link.ts";
import type { Ticket } from "./ticket.ts";

/** Something that others may connect to, while it is offered. */
export interface Offer {
  readonly ticket: Ticket;
  /** Settles when the ticket can be used. */
  readonly ready: Promise<void>;
  withdraw(): void;
}

/** Opens channels by tickets; the endpoint of a unit. */
export interface Introducer {
  offer(accept: (channel: Channel) => void, options?: { once?: boolean }): Offer;
  connectTo(ticket: Ticket): Promise<Channel>;
}

/** What an end is, apart from what it holds. */
export interface EndTraits {
  /** Which of the two ends: when both move at once, end 0 goes first. */
  number: 0 | 1;
  readable: boolean;
  writable: boolean;
}

/** Lets go of a link whose other end moves: sends it a ticket as the last word, and waits for the new holder. */
export function welcome(introducer: Introducer, link: PipeLink, isCurrent: () => boolean, adopt: (next: PipeLink) => void): Offer {
  const offer = introducer.offer((channel) => {
    const next = new PipeLink(channel, () => {});
    if (!isCurrent()) return next.close();
    next.send({ type: "go" });
    adopt(next);
  }, { once: true });
  offer.ready.then(() => {
    if (isCurrent()) link.send({ type: "moved", ticket: offer.ticket });
  }, () => link.destroy());
  return offer;
}
