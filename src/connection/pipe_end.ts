/**
 * One end of a Pipe, without the public face: a state machine over channels that are given to it. `pipe_link.ts` tells the protocol.
 *
 * @module
 */
import { BrokenPipeError, ClosedError } from "../base/errors.ts";
import type { WaitOptions } from "../base/deadline.ts";
import { log } from "../runtime/log.ts";
import type { Channel } from "./channel.ts";
import type { MessageEnd } from "./connection.ts";
import { type EndStatistics, endStatistics } from "./end_statistics.ts";
import { writeOnly } from "./pipe_bytes.ts";
import { Carriage } from "./pipe_carry.ts";
import { Flush, stay } from "./pipe_flush.ts";
import { Inbox } from "./pipe_inbox.ts";
import { type EndTraits, type Introducer, type Offer, welcome } from "./pipe_introducer.ts";
import { type LinkMessage, PipeLink } from "./pipe_link.ts";
import { costOf, Outbox, WINDOW } from "./pipe_outbox.ts";
import type { Ticket } from "./ticket.ts";

/**
 * - `claiming`: it is on its way to this unit, its old holder is being asked for it.
 * - `linked`: a channel leads to the other end.
 * - `moving`: this end has said that it moves, and waits for the answer.
 * - `relinking`: the other end moves; a new channel will come.
 * - `over`: nothing leads to the other end any more. It is gone, or this end is closed or was handed on.
 */
type Phase = "claiming" | "linked" | "moving" | "relinking" | "over";

/** How the other end answers a move: it let go, it goes first, or it is gone. */
type Answer = { moved: Ticket | null } | "preempted" | "gone";

const HANDED_ON = "this end was handed to another unit";

/** One end of a Pipe. */
export class PipeEnd implements MessageEnd {
  /** A pipe connects units of one program. */
  readonly isSameHost = true;
  readonly #introducer: Introducer;
  readonly #number: 0 | 1;
  #readable: boolean;
  #writable: boolean;
  readonly #inbox = new Inbox<Uint8Array>((body) => this.#taken(body));
  readonly #outbox = new Outbox(() => this.#pump());
  #phase: Phase = "claiming";
  #link: PipeLink | null = null;
  /** The other end, while it is in this unit and linked without a ticket. */
  #neighbour: PipeEnd | null = null;
  #settled: (() => void)[] = [];
  /** Bytes read since the last report to the other end. */
  #unreported = 0;
  #gone = false;
  #loss: unknown = null;
  #closed = false;
  #handedOn = false;
  /** Who claimed this end: gets what still arrives here. */
  #heir: PipeLink | null = null;
  #answer: ((answer: Answer) => void) | null = null;
  /** Where the other end's new holder comes to. */
  #relinkOffer: Offer | null = null;
  readonly #carriage: Carriage;
  readonly #flush = new Flush(this.#outbox, () => this.#link);

  constructor(introducer: Introducer, traits: EndTraits) {
    this.#introducer = introducer;
    this.#carriage = new Carriage(introducer, (channel) => this.#onClaim(channel));
    this.#number = traits.number;
    this.#readable = traits.readable;
    this.#writable = traits.writable;
  }

  get traits(): EndTraits {
    return { number: this.#number, readable: this.#readable, writable: this.#writable };
  }

  get readable(): boolean {
    return this.#readable;
  }

  get writable(): boolean {
    return this.#writable;
  }

  get loss(): unknown {
    return this.#loss;
  }

  get unusable(): string | null {
    if (this.#closed) return "it is closed";
    return this.#handedOn ? HANDED_ON : null;
  }

  // What the public face asks for.

  send(body: Uint8Array | PromiseLike<Uint8Array>, options?: WaitOptions): Promise<void> {
    const accepted = this.#outbox.add(body, options);
    this.#flush.begin();
    return accepted;
  }

  receive(options?: WaitOptions): Promise<Uint8Array | null> {
    return this.#inbox.take(options);
  }

  poll(options: WaitOptions, ifHere?: boolean): Promise<boolean> {
    return this.#inbox.ready(options, ifHere);
  }

  stopReading(): void {
    this.#readable = false;
    this.#inbox.fail(writeOnly);
    for (const body of this.#inbox.drain()) this.#taken(body);
  }

  close(): void {
    if (this.#closed || this.#handedOn) return;
    this.#closed = true;
    this.#inbox.fail((action) => new ClosedError(`Cannot ${action}: it is closed`));
    this.#outbox.acceptAll();
    this.#endIfDone();
  }

  statistics(): EndStatistics {
    const state = this.#closed ? "closed" : this.#handedOn ? "handed on" : this.#gone ? "other end closed" : "open";
    return endStatistics(this.#inbox, this.#outbox, state);
  }

  // The link to the other end.

  /** Makes this and the other end, both in this unit, a pipe. */
  linkToNeighbour(channel: Channel, neighbour: PipeEnd): void {
    this.adopt(new PipeLink(channel, () => {}));
    this.#neighbour = neighbour;
  }

  /** A new channel leads to the other end from now on. */
  adopt(link: PipeLink): void {
    if (this.#phase === "over") return link.close();
    const old = this.#link;
    this.#link = link;
    this.#neighbour = null;
    this.#relinkOffer = null;
    link.receiver = (message) => this.#onMessage(link, message);
    link.closed.then(() => this.#onLinkClosed(link));
    old?.close();
    this.#enter("linked");
    this.#pump();
    this.#report();
    this.#endIfDone();
  }

  #onMessage(link: PipeLink, message: LinkMessage): void {
    if (link !== this.#link || this.#phase === "over") return;
    if (message.type === "data") this.receiveBody(message.body);
    else if (message.type === "credit") this.#outbox.credit(message.bytes);
    else if (message.type === "move") this.#onMove(link);
    else if (message.type === "moved") this.#answer?.({ moved: message.ticket });
    else if (message.type !== "go") link.destroy();
  }

  /** A message from the other end, or one that the old holder of this end had not read. */
  receiveBody(body: Uint8Array): void {
    if (this.#heir) this.#heir.send({ type: "data", body });
    else if (this.#readable && (!this.#closed || this.#carriage.isUnderWay)) this.#inbox.push(body);
    else this.#taken(body);
  }

  #onMove(link: PipeLink): void {
    if (this.#phase === "relinking") return link.destroy();
    // Both ends move at once: end 0 goes first, and end 1 asks again on its new link.
    if (this.#phase === "moving" && this.#number === 0) return;
    this.#enter("relinking");
    this.#answer?.("preempted");
    if (this.#neighbour) return link.send({ type: "moved", ticket: null });
    const current = () => this.#link === link && this.#phase === "relinking";
    this.#relinkOffer = welcome(this.#introducer, link, current, (next) => this.adopt(next));
  }

  #onLinkClosed(link: PipeLink): void {
    if (link === this.#link && this.#phase !== "over") this.lose(null);
  }

  /** Nothing leads to the other end any more: it is closed, or its holder or the old holder of this end is dead. */
  lose(cause: unknown): void {
    if (this.#phase === "over") return;
    this.#gone = true;
    this.#loss = cause;
    this.#relinkOffer?.withdraw();
    this.#enter("over");
    this.#inbox.finish();
    this.#outbox.break(() => withCause(new BrokenPipeError("Cannot send on a Connection: its other end is closed"), cause));
    this.#answer?.("gone");
    this.#endIfDone();
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    for (const go of this.#settled.splice(0)) go();
  }

  #pump(): void {
    if (this.#phase === "linked") {
      for (let body = this.#outbox.shift(); body; body = this.#outbox.shift()) this.#link!.send({ type: "data", body });
    }
    this.#endIfDone();
  }

  #taken(body: Uint8Array): void {
    this.#unreported += costOf(body);
    this.#report();
  }

  /** Tells the other end what was read, in portions: a blocked sender has more than one portion under way. */
  #report(): void {
    if (this.#phase !== "linked" || this.#unreported < WINDOW / 2) return;
    this.#link!.send({ type: "credit", bytes: this.#unreported });
    this.#unreported = 0;
  }

  /** The real end of a closed end: when no message carries it and its own messages have left. */
  #endIfDone(): void {
    if (!this.#closed || this.#handedOn || this.#carriage.isUnderWay) return;
    if (this.#phase === "linked" && this.#outbox.isEmpty) {
      this.#enter("over");
      this.#link!.close();
    }
    if (this.#phase !== "over") return;
    this.#inbox.drain();
  }

  // Handing this end on.

  /** Whether a message carries this end that may still be decoded. */
  get isUnderWay(): boolean {
    return this.#carriage.isUnderWay;
  }

  /** A message is going to carry this end: the ticket for whoever decodes it. Undone by {@linkcode uncarry} when the message died. */
  carry(): Offer {
    return this.#carriage.add();
  }

  /** A message that carried this end was decoded, or never will be. */
  uncarry(): void {
    this.#carriage.remove();
    this.#endIfDone();
  }

  #onClaim(channel: Channel): void {
    const heir = new PipeLink(channel, () => {});
    if (this.#handedOn) {
      heir.send({ type: "refused" });
      heir.close();
    } else stay(this.#handOver(heir));
    this.uncarry();
  }

  async #handOver(heir: PipeLink): Promise<void> {
    this.#handedOn = true;
    this.#inbox.fail((action) => new ClosedError(`Cannot ${action}: ${HANDED_ON}`));
    heir.send({ type: "grant", readable: this.#readable, writable: this.#writable });
    this.#heir = heir;
    for (const body of this.#inbox.drain()) heir.send({ type: "data", body });
    heir.send({ type: "synced" });
    // What was sent here before leaves before the end does.
    this.#outbox.acceptAll();
    await this.#outbox.encoded();
    const ticket = await this.#letOtherEndGo();
    if (ticket === "gone") {
      heir.send({ type: "gone" });
      return heir.close();
    }
    this.#phase = "over";
    heir.send({ type: "relink", ticket, load: this.#outbox.load, unreported: this.#unreported });
    if (this.#neighbour) return this.#neighbour.adopt(heir);
    // The other end closes the old link when it has the new one. If the heir dies before, closing the link tells the other end.
    await Promise.race([this.#link!.closed, heir.closed]);
    this.#link!.close();
    heir.close();
  }

  /** Asks the other end to let go of the link, as often as it goes first. */
  async #letOtherEndGo(): Promise<Ticket | null | "gone"> {
    for (;;) {
      while (this.#phase !== "linked" && this.#phase !== "over") await new Promise<void>((resolve) => this.#settled.push(resolve));
      if (this.#phase === "over") return "gone";
      const answered = new Promise<Answer>((resolve) => this.#answer = resolve);
      this.#enter("moving");
      this.#link!.send({ type: "move" });
      const answer = await answered;
      this.#answer = null;
      if (answer === "gone") return "gone";
      if (answer === "preempted") continue;
      if (answer.moved !== null || this.#neighbour) return answer.moved;
      this.#link!.destroy(); // It named no way to it.
      return "gone";
    }
  }

  // Being the heir: what `claim` reports.

  /** Until this settles, what the old holder had not read is still on its way. */
  expect(arrived: Promise<void>): void {
    this.#inbox.expect(arrived);
  }

  /** The old holder gave this end to this unit. */
  granted(readable: boolean, writable: boolean): void {
    this.#readable &&= readable;
    this.#writable &&= writable;
  }

  /** Takes over the old holder's accounts with the other end. */
  inherit(load: number, unreported: number): void {
    this.#outbox.inherit(load);
    this.#unreported += unreported;
  }

  /** Somebody else has this end. */
  refuse(): void {
    if (!this.#outbox.isEmpty) log.error(() => `What was sent on a Connection is lost: ${HANDED_ON} first`);
    this.#handedOn = true;
    this.#enter("over");
    this.#inbox.fail((action) => new ClosedError(`Cannot ${action}: ${HANDED_ON}`));
    this.#outbox.break(() => new ClosedError(`Cannot send on a Connection: ${HANDED_ON}`));
  }
}

function withCause(error: Error, cause: unknown): Error {
  if (cause !== null && cause !== undefined) error.cause = cause;
  return error;
}
