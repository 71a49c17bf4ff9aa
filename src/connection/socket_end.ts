/** One end of a connection between programs: messages are frames on a socket, nothing else is said. @module */
import { BrokenPipeError, ClosedError, ProcessError } from "../base/errors.ts";
import type { WaitOptions } from "../base/deadline.ts";
import type { MessageEnd } from "./connection.ts";
import { type EndStatistics, endStatistics } from "./end_statistics.ts";
import { farewell } from "./farewell.ts";
import { writeOnly } from "./pipe_bytes.ts";
import { Flush, stay } from "./pipe_flush.ts";
import { Inbox } from "./pipe_inbox.ts";
import { costOf, Outbox, WINDOW } from "./pipe_outbox.ts";
import type { TransportChannel } from "./transport_channel.ts";

/** One end of a connection that a Listener and a Client made. It never keeps the program alive by itself. */
export class SocketEnd implements MessageEnd {
  readonly isSameHost: boolean;
  readonly #channel: TransportChannel;
  readonly #inbox = new Inbox<Uint8Array>(() => this.#readOn());
  readonly #outbox = new Outbox(() => this.#pump());
  readonly #flush: Flush;
  #readable = true;
  #paused = false;
  #closed = false;
  #gone = false;
  #failure: Error | null = null;

  /** Takes over a channel whose handshake is done. */
  constructor(channel: TransportChannel, isSameHost: boolean) {
    this.#channel = channel;
    this.isSameHost = isSameHost;
    this.#flush = new Flush(this.#outbox, () => channel);
    channel.unref();
    channel.onFrame((frame) => this.#arrived(frame));
    channel.closed.then(({ error }) => this.#lose(error));
  }

  get readable(): boolean {
    return this.#readable;
  }

  readonly writable = true;

  get unusable(): string | null {
    return this.#closed ? "it is closed" : null;
  }

  get loss(): unknown {
    return this.#failure;
  }

  send(body: Uint8Array | PromiseLike<Uint8Array>, options?: WaitOptions): Promise<void> {
    // A peer that has ended gets nothing any more, also while its last messages are still unread here.
    if (this.#channel.isEnding) this.#breakOutbox();
    const accepted = this.#outbox.add(body, options);
    this.#flush.begin();
    return accepted;
  }

  async receive(options?: WaitOptions): Promise<Uint8Array | null> {
    const body = await this.#inbox.take(options);
    if (body === null && this.#failure !== null) {
      throw new ProcessError(`Cannot receive on a Connection: it broke off`, { cause: this.#failure });
    }
    return body;
  }

  poll(options: WaitOptions): Promise<boolean> {
    return this.#inbox.ready(options);
  }

  stopReading(): void {
    this.#readable = false;
    this.#inbox.fail(writeOnly);
    this.#inbox.drain();
    this.#readOn();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inbox.fail((action) => new ClosedError(`Cannot ${action}: it is closed`));
    this.#inbox.drain();
    this.#readOn();
    this.#outbox.acceptAll();
    stay(this.#leave());
  }

  statistics(): EndStatistics {
    const state = this.#closed ? "closed" : this.#gone ? "other end closed" : "open";
    return endStatistics(this.#inbox, this.#outbox, state);
  }

  async #leave(): Promise<void> {
    await this.#outbox.emptied();
    await farewell(this.#channel);
  }

  #arrived(frame: Uint8Array): void {
    if (this.#closed || !this.#readable) return;
    this.#inbox.push(frame);
    if (this.#paused || this.#unread < WINDOW) return;
    this.#paused = true;
    this.#channel.pause();
  }

  /** Empty messages count too, or their number had no bound. */
  get #unread(): number {
    return this.#inbox.bytes + this.#inbox.length * costOf(NOTHING);
  }

  #readOn(): void {
    if (!this.#paused || this.#unread >= WINDOW) return;
    this.#paused = false;
    this.#channel.resume();
  }

  #pump(): void {
    let cost = 0;
    for (let body = this.#outbox.shift(); body; body = this.#outbox.shift()) {
      this.#channel.send(body);
      cost += costOf(body);
    }
    // The other end reports nothing of what it reads: what the system has taken makes room for more.
    if (cost > 0) this.#channel.flushed().then(() => this.#outbox.credit(cost));
  }

  #lose(error: Error | null): void {
    this.#gone = true;
    this.#failure = error;
    this.#inbox.finish();
    this.#breakOutbox();
  }

  #breakOutbox(): void {
    const cause = this.#failure;
    this.#outbox.break(() =>
      new BrokenPipeError("Cannot send on a Connection: its other end is closed", cause === null ? undefined : { cause })
    );
  }
}

const NOTHING = new Uint8Array(0);
