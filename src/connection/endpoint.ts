/**
 * One listening socket a unit, open while anything is offered. What is offered gets a ticket;
 * who presents the ticket gets a channel.
 *
 * @module
 */
import { within } from "../base/deadline.ts";
import type { WaitOptions } from "../base/deadline.ts";
import { AuthenticationError, EOFError } from "../base/errors.ts";
import { SUBDEBUG } from "../base/logger.ts";
import { log } from "../runtime/log.ts";
import { runtime } from "../runtime/runtime.ts";
import type { Address, ByteSocket, SocketListener } from "../runtime/types.ts";
import type { Channel } from "./channel.ts";
import {
  type Answer,
  decodeAnswer,
  decodeHello,
  encodeAnswer,
  encodeHello,
  type Hello,
  HELLO_DEADLINE,
  LONGEST_HELLO,
  MOST_HELLOS,
} from "./handshake.ts";
import { farewell } from "./farewell.ts";
import { loopbackPair } from "./loopback.ts";
import { LONGEST_FRAME, openingChannel } from "./socket_channel.ts";
import { Strangers } from "./strangers.ts";
import type { Ticket } from "./ticket.ts";

/** Something that can be reached by a ticket. */
export interface Offer {
  /** What to give to those who may come. */
  readonly ticket: Ticket;
  /** Resolves when the socket is listening; rejects when it cannot. */
  readonly ready: Promise<void>;
  /** Lets nobody in any more. Channels that are open stay open. Idempotent. */
  withdraw(): void;
}

interface Entry {
  secret: string;
  once: boolean;
  accept: (channel: Channel) => void;
}

interface Listening {
  address: Address;
  listener: Promise<SocketListener>;
  /** The listener once it listens: an exit hook cannot wait for a promise. */
  opened: SocketListener | null;
}

const ID_BYTES = 8;
const SECRET_BYTES = 32;

const strangers = new Strangers(HELLO_DEADLINE, MOST_HELLOS);
const entries = new Map<string, Entry>();
let listening: Listening | null = null;
let closesAtExit = false;

/**
 * Offers something under a fresh ticket: whoever presents it gets a channel, given to `accept` here.
 *
 * @param options `once`: valid for one connection. `ticket`: this one, from {@linkcode makeTicket}, in a unit that offers nothing yet.
 */
export function offer(accept: (channel: Channel) => void, options: { once?: boolean; ticket?: Ticket } = {}): Offer {
  listening ??= open(options.ticket?.address ?? runtime.newLocalAddress());
  const { id, secret } = options.ticket ?? freshNames();
  entries.set(id, { secret, once: options.once ?? false, accept });
  const ready = listening.listener.then(() => {});
  ready.catch(() => {}); // For those who wait for it; nobody has to.
  return { ticket: { address: listening.address, id, secret }, ready, withdraw: () => withdraw(id) };
}

/**
 * Opens a channel to what a ticket stands for.
 *
 * @throws {EOFError} when nobody is there any more.
 * @throws {AuthenticationError} when the other side refuses the ticket.
 * @throws {TimeoutError} when `timeout` passes first, or the signal's reason.
 */
export async function connectTo(ticket: Ticket, options?: WaitOptions): Promise<Channel> {
  if (isHere(ticket)) return connectHere(ticket);
  const attempt: Attempt = { abandoned: false, channel: null };
  const connecting = connectThere(ticket, attempt);
  connecting.catch(() => {}); // When it has been given up, its failure is nobody's.
  try {
    return await within(connecting, options);
  } catch (error) {
    attempt.abandoned = true;
    attempt.channel?.destroy();
    throw error;
  }
}

/** A ticket for what another thread of this program is about to offer: who starts it can hand the ticket on before the thread runs. */
export function makeTicket(): Ticket {
  return { address: runtime.newLocalAddress(), ...freshNames() };
}

function freshNames(): { id: string; secret: string } {
  return { id: hex(runtime.randomBytes(ID_BYTES)), secret: hex(runtime.randomBytes(SECRET_BYTES)) };
}

/** A connection being opened, so that giving up leaves nothing behind. */
interface Attempt {
  abandoned: boolean;
  channel: Channel | null;
}

function open(address: Address): Listening {
  const opening: Listening = { address, listener: runtime.listen(address, greet), opened: null };
  opening.listener.then((listener) => {
    // What is offered keeps nobody alive; what waits for a visitor does that itself.
    listener.unref();
    log.log(SUBDEBUG, () => `listener created with address=${"path" in address ? address.path : `${address.host}:${address.port}`}`);
    if (listening === opening) opening.opened = listener;
    else void listener.close();
  }, () => {
    if (listening === opening) listening = null; // The next offer tries again; `ready` has told of this one.
  });
  if (!closesAtExit) runtime.onExit(closeListener);
  closesAtExit = true;
  return opening;
}

function closeListener(): void {
  void listening?.opened?.close();
  listening = null;
}

function withdraw(id: string): void {
  if (entries.delete(id) && entries.size === 0) closeListener();
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Finds what a hello asks for; an offer for one visitor is taken with it. */
function admit(hello: Hello): Entry | Exclude<Answer, "welcome"> {
  const entry = entries.get(hello.id);
  if (!entry) return "gone";
  const encoder = new TextEncoder();
  if (!runtime.equalBytes(encoder.encode(entry.secret), encoder.encode(hello.secret))) return "refused";
  if (entry.once) withdraw(hello.id);
  return entry;
}

/** Handles a new connection until it has shown a ticket. Nothing that a stranger does reaches further than its own socket. */
function greet(socket: ByteSocket): void {
  const { channel, setMaxFrame } = openingChannel(socket, LONGEST_HELLO);
  channel.unref();
  const known = new Promise<void>((resolve) => {
    channel.onFirstFrame((frame) => {
      const hello = decodeHello(frame);
      if (hello === null) return channel.destroy();
      const entry = admit(hello);
      if (typeof entry === "string") {
        channel.send(encodeAnswer(entry));
        void farewell(channel);
        return;
      }
      channel.send(encodeAnswer("welcome"));
      setMaxFrame(LONGEST_FRAME);
      channel.ref();
      resolve();
      entry.accept(channel);
    });
  });
  strangers.watch(() => channel.destroy(), Promise.race([known, channel.closed]));
}

function isHere(ticket: Ticket): boolean {
  return entries.has(ticket.id) || (listening !== null && sameAddress(ticket.address, listening.address));
}

function sameAddress(a: Address, b: Address): boolean {
  if ("path" in a) return "path" in b && a.path === b.path;
  return !("path" in b) && a.host === b.host && a.port === b.port;
}

function connectHere(ticket: Ticket): Channel {
  const entry = admit(ticket);
  if (typeof entry === "string") throw notAdmitted(entry);
  const [near, far] = loopbackPair();
  entry.accept(far);
  return near;
}

async function connectThere(ticket: Ticket, attempt: Attempt): Promise<Channel> {
  const socket = await connectSocket(ticket.address);
  const { channel, setMaxFrame } = openingChannel(socket, LONGEST_HELLO);
  attempt.channel = channel;
  if (attempt.abandoned) channel.destroy();
  channel.send(encodeHello(ticket));
  const answer = await new Promise<Answer>((resolve) => {
    channel.onFirstFrame((frame) => {
      // Frames may follow at once: the limit is raised here, not when the promise is looked at.
      setMaxFrame(LONGEST_FRAME);
      resolve(decodeAnswer(frame));
    });
    channel.closed.then(() => resolve("gone"));
  });
  if (answer === "welcome") return channel;
  throw notAdmitted(answer);
}

async function connectSocket(address: Address): Promise<ByteSocket> {
  try {
    return await runtime.connect(address);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ECONNRESET") throw notAdmitted("gone");
    throw error;
  }
}

function notAdmitted(answer: Exclude<Answer, "welcome">): Error {
  return answer === "gone"
    ? new EOFError("Cannot open a channel: what the ticket stands for is not offered any more")
    : new AuthenticationError("Cannot open a channel: the other side refuses the ticket");
}
