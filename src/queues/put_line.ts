/** Keeps the puts of a unit in order while some of their values are still being encoded. @module */
import { within } from "../base/deadline.ts";

/** By the id of the queue: settles when the puts before the next one have been sent. Only for queues with a value under way. */
const tails = new Map<string, Promise<void>>();

/** Whether a put that is encoded may be sent at once. All handles of a queue in this unit share one line. */
export function isFree(id: string): boolean {
  return tails.size === 0 || !tails.has(id);
}

/**
 * Sends a value when it is encoded and all that came before it have been sent.
 *
 * @param id Names the queue.
 * @param signal Ends the wait of this put alone; those behind it keep their order.
 */
export async function inTurn<A, V = Uint8Array>(
  id: string,
  value: V | Promise<V>,
  signal: AbortSignal | null | undefined,
  send: (value: V) => Promise<A>,
): Promise<A> {
  const before = tails.get(id);
  let setSent = () => {};
  const sent = new Promise<void>((resolve) => (setSent = resolve));
  tails.set(id, sent);
  let answer: Promise<A>;
  try {
    const [ready] = await within(Promise.all([value, before]), { signal });
    answer = send(ready);
  } finally {
    // Given up, or not encodable: those behind still wait for those before.
    Promise.resolve(before).then(() => {
      setSent();
      if (tails.get(id) === sent) tails.delete(id);
    });
  }
  return await answer;
}
