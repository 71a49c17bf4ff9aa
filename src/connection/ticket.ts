/** Tickets: how a unit that holds something lets exactly those who were told reach it. @module */
import type { Address } from "../runtime/types.ts";

/** The right to open a channel to something that another unit offers. Travels in messages and in a child's launch data (JSON). */
export interface Ticket {
  address: Address;
  /** Names the offer; not secret. */
  id: string;
  /** Proves the right to it; hex, 32 bytes. Never logged, never in argv. */
  secret: string;
  /** The right is proved without showing the secret: see `keyed_endpoint.ts`. */
  keyed?: boolean;
}
