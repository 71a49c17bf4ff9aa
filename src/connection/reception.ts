/** Where the clients of a listener wait: first until they have proved their key, then until somebody accepts them. @module */
import type { WaitOptions } from "../base/deadline.ts";
import { log } from "../runtime/log.ts";
import type { ByteSocket } from "../runtime/types.ts";
import { listenerClosed } from "./address.ts";
import { openEnd, type OpeningOptions } from "./opening.ts";
import { Inbox } from "./pipe_inbox.ts";
import type { SocketEnd } from "./socket_end.ts";
import { Strangers } from "./strangers.ts";

/** How long a handshake may take, in milliseconds, if nothing else is said: Python's `CONNECTION_TIMEOUT`. */
export const HANDSHAKE_DEADLINE = 20_000;
/** So many clients may wait for the event loop, and so many times as many for a handshake to end and for an `accept()`. */
export const LEAST_BACKLOG = 128;
const TURNS = 4;
/** So many failures are kept for the next `accept()` calls; of more, only the log tells. */
const MOST_FAILURES = 16;

/** A client that came as far as `accept()`, or did not. */
export class Visit {
  /** A line of visits is measured by their number. */
  readonly length = 1;
  readonly remote: { host: string; port: number } | null;
  /** The connection, or `null` with a reason. */
  readonly end: SocketEnd | null;
  readonly failure: unknown;

  constructor(remote: { host: string; port: number } | null, end: SocketEnd | null, failure: unknown) {
    this.remote = remote;
    this.end = end;
    this.failure = failure;
  }
}

/** Receives the clients of one listener. */
export class Reception {
  readonly #options: OpeningOptions;
  readonly #mostWaiting: number;
  readonly #line: Inbox<Visit> = new Inbox<Visit>((visit) => this.#left(visit), {
    taking: "accept a connection",
    polling: "wait for a connection",
    missing: "accept a connection: no client came",
  });
  /** Those who are proving their key, and those whose failure is being told to them. */
  readonly #strangers: Strangers;
  #waiting = 0;
  #failures = 0;

  /** @param backlog How many the system may let wait. @param deadline How long a handshake may take, in milliseconds. */
  constructor(options: OpeningOptions, backlog: number, deadline: number) {
    this.#strangers = new Strangers(deadline, TURNS * backlog);
    this.#options = options;
    this.#mostWaiting = TURNS * backlog;
  }

  /** A client has connected. */
  greet(socket: ByteSocket): void {
    const opening = openEnd(socket, this.#options);
    this.#strangers.watch((why) => opening.abandon(why), opening.over);
    opening.end.then((end) => this.#admit(socket, end), (error) => this.#tellFailure(socket, error));
  }

  /** The next client. @throws Why it is none, when it did not prove its key. */
  take(options: WaitOptions | undefined): Promise<Visit | null> {
    return this.#line.take(options);
  }

  /** Whether `take` would not wait. */
  ready(options: WaitOptions): Promise<boolean> {
    return this.#line.ready(options);
  }

  /** How many wait, for what. */
  counts(): { waitingClients: number; handshakes: number; waitingAccepts: number } {
    return { waitingClients: this.#line.length, handshakes: this.#strangers.size, waitingAccepts: this.#line.waiting };
  }

  /** Sends all away who were not accepted, and whoever waits for them. */
  close(): void {
    this.#line.fail(listenerClosed);
    for (const visit of this.#line.drain()) visit.end?.close();
    this.#strangers.sendAway(listenerClosed("accept a connection"));
  }

  #admit(socket: ByteSocket, end: SocketEnd): void {
    if (this.#line.isFailed || this.#waiting >= this.#mostWaiting) return end.close();
    this.#waiting++;
    this.#line.push(new Visit(socket.remote, end, null));
  }

  #tellFailure(socket: ByteSocket, error: unknown): void {
    if (this.#line.isFailed) return;
    log.info(`a client did not prove its key: ${String(error)}`);
    if (this.#failures >= MOST_FAILURES) return;
    this.#failures++;
    this.#line.push(new Visit(socket.remote, null, error));
  }

  #left(visit: Visit): void {
    if (visit.end === null) this.#failures--;
    else this.#waiting--;
  }
}
