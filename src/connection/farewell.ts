/** The end of a connection to a program that may not be ours: it may go on sending, or never end its side. @module */
import { runtime } from "../runtime/runtime.ts";
import { costOf } from "./pipe_outbox.ts";
import type { TransportChannel } from "./transport_channel.ts";

/** What is on its way when the end is said is read and forgotten, up to this size; who sends more does not listen. */
const MOST_UNHEARD = 64 << 10;
/** How long the other side may take to end its side, in milliseconds; systems give an orphaned connection about as much. */
const LONGEST_FAREWELL = 20_000;

/** Ends a channel: what was sent arrives, nothing is received any more. Resolves when everything has left this unit; the rest takes care of itself. */
export async function farewell(channel: TransportChannel): Promise<void> {
  let unheard = 0;
  channel.onFrame((frame) => {
    unheard += costOf(frame);
    // Only a broken connection tells a peer that sends and never reads.
    if (unheard > MOST_UNHEARD) channel.destroy();
  });
  channel.resume();
  channel.close();
  await channel.flushed();
  const stop = runtime.backgroundTimer(LONGEST_FAREWELL, () => channel.destroy());
  channel.closed.then(stop);
}
