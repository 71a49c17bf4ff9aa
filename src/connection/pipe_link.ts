/**
 * What the two ends of a Pipe say to each other, and what the old holder of an end says to the new one.
 *
 * An end moves from its holder O to N while the other end stays with P; L is the channel between O and P.
 *
 * 1. A message carries a ticket of O. Whoever decodes it is N and opens the claim channel C to O.
 * 2. O to N on C: `grant`, the unread messages, `synced`. From here on O only forwards what still arrives on L.
 * 3. O to P on L: everything O had to send, then `move`, O's last word. P stops sending on L and answers `moved` with a fresh ticket, its last
 *    word: all that P sent before has then arrived at O and was forwarded. P keeps what it is asked to send meanwhile.
 * 4. O to N on C: `relink` with P's ticket. N connects to P, P says `go`: that is the new link. P closes L, N closes C.
 *
 * If O and P are one unit, P needs no ticket: `moved` and `relink` say `null`, and C itself becomes the new link.
 *
 * - **Both ends move at once**: the two `move` cross. That of end 0 counts. The holder of end 1 answers it as P would, and asks again on its new link.
 * - **Somebody dies**: N, before it has reached P: O sees C end and closes L. P: O sees L end and says `gone`, or N cannot connect. O: N sees C end
 *   without a last word, P sees L end without a visitor. So whoever is left sees the end of the stream; nobody waits for ever.
 * - **Backpressure** is counted between the ends (`credit`), not in the channel: a receiver that does not read must still hear `move`.
 *
 * @module
 */
import type { Channel, ChannelEnd } from "./channel.ts";
import type { Ticket } from "./ticket.ts";

/** Everything that is said on the channels of a Pipe. */
export type LinkMessage =
  /** A message of the user. */
  | { type: "data"; body: Uint8Array }
  /** Between the ends: the receiver has read so many bytes more. */
  | { type: "credit"; bytes: number }
  /** Between the ends: my end moves to another unit. The last word of who says it. */
  | { type: "move" }
  /** The answer, also a last word: the new holder reaches me with this ticket, or (`null`: we are in one unit) over a channel that you give me. */
  | { type: "moved"; ticket: Ticket | null }
  /** The first word on a new channel between the ends. */
  | { type: "go" }
  /** Old holder to new holder: the end is yours. Its unread messages follow. */
  | { type: "grant"; readable: boolean; writable: boolean }
  /** Old holder to new holder: what was unread when you came has been given. What was on its way follows. */
  | { type: "synced" }
  /** Old holder to new holder: all is given; this ticket leads to the other end, or (`null`) this channel does from now on. */
  | { type: "relink"; ticket: Ticket | null; load: number; unreported: number }
  /** Old holder to new holder: all is given; the other end is closed. */
  | { type: "gone" }
  /** Old holder to new holder: somebody else has the end, or it is closed. */
  | { type: "refused" };

const DATA = 0;
const CONTROL = 1;
const BODY_FOLLOWS = 2;

/** A larger body travels as a frame of its own: cheaper than the copy that puts a type before it. */
const LARGE_BODY = 16 << 10;
const BODY_FOLLOWS_FRAME = Uint8Array.of(BODY_FOLLOWS);

/** A channel that speaks {@linkcode LinkMessage}. It never keeps the program alive by itself. */
export class PipeLink {
  /** Who gets the messages; may be replaced at any time. */
  receiver: (message: LinkMessage) => void;
  readonly #channel: Channel;
  #bodyFollows = false;

  constructor(channel: Channel, receiver: (message: LinkMessage) => void) {
    this.#channel = channel;
    this.receiver = receiver;
    channel.unref();
    channel.onFrame((frame) => {
      const message = this.#read(frame);
      if (message !== null) this.receiver(message);
    });
  }

  /** Queues a message. */
  send(message: LinkMessage): void {
    if (message.type === "data") this.#sendBody(message.body);
    else this.#channel.send(prefixed(CONTROL, new TextEncoder().encode(JSON.stringify(message))));
  }

  /** Settles when the channel has ended, by whatever means. */
  get closed(): Promise<ChannelEnd> {
    return this.#channel.closed;
  }

  /** Resolves when everything sent so far has left this unit, or the channel is closed. */
  flushed(): Promise<void> {
    return this.#channel.flushed();
  }

  /** Sends what is queued, then ends. */
  close(): void {
    this.#channel.close();
  }

  /** Ends at once. */
  destroy(): void {
    this.#channel.destroy();
  }

  #sendBody(body: Uint8Array): void {
    if (body.length < LARGE_BODY) return this.#channel.send(prefixed(DATA, body));
    this.#channel.send(BODY_FOLLOWS_FRAME);
    this.#channel.send(body);
  }

  /** `null`: nothing to deliver, or the frame breaks the protocol and ended the channel. */
  #read(frame: Uint8Array): LinkMessage | null {
    if (this.#bodyFollows) {
      this.#bodyFollows = false;
      return { type: "data", body: frame };
    }
    if (frame[0] === DATA) return { type: "data", body: frame.subarray(1) };
    if (frame[0] === BODY_FOLLOWS && frame.length === 1) {
      this.#bodyFollows = true;
      return null;
    }
    const message = frame[0] === CONTROL ? parseControl(frame.subarray(1)) : null;
    if (message === null) this.#channel.destroy();
    return message;
  }
}

function prefixed(type: number, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(body.length + 1);
  frame[0] = type;
  frame.set(body, 1);
  return frame;
}

function parseControl(bytes: Uint8Array): LinkMessage | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null; // Not our protocol: the caller ends the channel.
  }
  return isControl(parsed) ? parsed : null;
}

function isControl(value: unknown): value is LinkMessage {
  if (!isRecord(value)) return false;
  switch (value.type) {
    case "move":
    case "go":
    case "synced":
    case "gone":
    case "refused":
      return true;
    case "credit":
      return isCount(value.bytes);
    case "moved":
      return isTicketOrNull(value.ticket);
    case "grant":
      return typeof value.readable === "boolean" && typeof value.writable === "boolean";
    case "relink":
      return isTicketOrNull(value.ticket) && isCount(value.load) && isCount(value.unreported);
    default:
      return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && value as number >= 0;
}

function isTicketOrNull(value: unknown): boolean {
  return value === null || isTicket(value);
}

/** Whether a decoded value has the shape of a ticket. */
export function isTicket(value: unknown): value is Ticket {
  if (!isRecord(value) || typeof value.id !== "string" || typeof value.secret !== "string" || !isRecord(value.address)) return false;
  const { path, host, port } = value.address;
  return typeof path === "string" || typeof host === "string" && isCount(port);
}
