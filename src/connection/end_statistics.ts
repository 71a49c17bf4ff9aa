/** `statistics()` of a Connection. @module */
import type { Inbox } from "./pipe_inbox.ts";
import type { Outbox } from "./pipe_outbox.ts";

/** What a `Connection` is doing, for debugging. */
export interface EndStatistics {
  /** Messages that have arrived and were not received. */
  readonly unreadMessages: number;
  /** Their size. */
  readonly unreadBytes: number;
  /** `recv` calls that wait. */
  readonly waitingReceivers: number;
  /** `send` calls that wait. */
  readonly waitingSenders: number;
  /** Bytes sent which the other end has not reported as received; it reports in portions. */
  readonly unacknowledgedBytes: number;
  /** `"handed on"`: another unit has taken this end over. */
  readonly state: "open" | "other end closed" | "closed" | "handed on";
}

/** The snapshot of an end, by what it holds. */
export function endStatistics(inbox: Inbox<Uint8Array>, outbox: Outbox, state: EndStatistics["state"]): EndStatistics {
  return Object.freeze({
    unreadMessages: inbox.length,
    unreadBytes: inbox.bytes,
    waitingReceivers: inbox.waiting,
    waitingSenders: outbox.waiting,
    unacknowledgedBytes: outbox.load,
    state,
  });
}
