/** Collects the messages of a turn into frames, and holds them back while the channel is full. @module */
import { trackPending } from "../base/pending.ts";
import { type Channel, HIGH_WATER_MARK } from "../connection/channel.ts";
import { CALL, type ClientMessage, DONE, encodeFrame, type ServerMessage } from "./protocol.ts";

/** A frame ends after this many messages… */
const MESSAGES_PER_FRAME = 1024;
/** …or this many bytes of items. */
const BYTES_PER_FRAME = 256 * 1024;

/** Messages on their way into a channel, in order. */
export class Outbox<M extends ClientMessage | ServerMessage> {
  readonly #tracked: boolean;
  #channel: Channel | null = null;
  #messages: M[] = [];
  /** A flush is due: in a microtask, or when the channel has drained. */
  #due = false;
  /** What waits is not to wait in the channel, too. */
  #urgent = false;
  /** Ends the note that this unit has something to say still. */
  #said: (() => void) | null = null;

  /** @param options `tracked`: the end of the unit waits until everything has left. */
  constructor(options: { tracked: boolean }) {
    this.#tracked = options.tracked;
  }

  /** The last message that has not left yet. */
  get last(): M | undefined {
    return this.#messages[this.#messages.length - 1];
  }

  /** Where the messages go from now on: `first`, then those that waited for the channel. */
  attach(channel: Channel, ...first: M[]): void {
    this.#channel = channel;
    this.#messages.unshift(...first);
    this.#flush();
  }

  /** Adds a message; it leaves at the end of the running code, together with what else was added till then. */
  push(message: M): void {
    this.#messages.push(message);
    if (this.#tracked && this.#said === null) trackPending(new Promise<void>((resolve) => (this.#said = resolve)));
    if (this.#due || this.#channel === null) return;
    this.#due = true;
    queueMicrotask(() => this.#flush());
  }

  /** Has what was added leave before the code runs that waits for what has just arrived: its unit may die in that turn. */
  hurry(): void {
    this.#urgent = true;
  }

  /** Takes back the last such message that has not left yet; says whether it could. */
  withdraw(isIt: (message: M) => boolean): boolean {
    const at = this.#messages.findLastIndex(isIt);
    if (at >= 0) this.#messages.splice(at, 1);
    return at >= 0;
  }

  /** Forgets everything: the channel has ended. */
  clear(): void {
    this.#messages = [];
    this.#said?.();
  }

  #flush(): void {
    this.#due = false;
    const channel = this.#channel!;
    const messages = this.#messages;
    let sent = 0;
    while (sent < messages.length) {
      if (channel.bufferedAmount >= HIGH_WATER_MARK) {
        this.#due = true;
        this.#messages = messages.slice(sent);
        channel.drained().then(() => this.#flush());
        return;
      }
      const end = frameEnd(messages, sent);
      channel.send(encodeFrame(sent === 0 && end === messages.length ? messages : messages.slice(sent, end)));
      sent = end;
    }
    this.#messages = [];
    if (this.#urgent) channel.push();
    this.#urgent = false;
    const said = this.#said;
    this.#said = null;
    if (said !== null) channel.flushed().then(said);
  }
}

/** Where the frame that begins at `start` ends: it holds at least one message. */
function frameEnd(messages: readonly (ClientMessage | ServerMessage)[], start: number): number {
  const limit = Math.min(messages.length, start + MESSAGES_PER_FRAME);
  let bytes = 0;
  for (let i = start; i < limit; i++) {
    bytes += payloadSize(messages[i]!);
    if (bytes >= BYTES_PER_FRAME) return i + 1;
  }
  return limit;
}

/** The bytes of items in a message: arguments of a call, or the value of an answer. */
function payloadSize(message: ClientMessage | ServerMessage): number {
  if (message[0] === DONE) return sizeOf(message[2]);
  if (message[0] !== CALL) return 0;
  let size = 0;
  for (let i = 5; i < message.length; i++) size += sizeOf(message[i]);
  return size;
}

function sizeOf(value: unknown): number {
  return value instanceof Uint8Array ? value.length : 0;
}
