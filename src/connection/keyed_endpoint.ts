/**
 * Channels between two sides that know a key, over sockets that anybody may reach: each proves to the other that it knows the key before either
 * decodes anything, and the key itself never travels.
 *
 * The client sends a random challenge; the server answers with its name and a challenge of its own; the client proves the key (an HMAC
 * over both challenges, the name and its role), then the server does. What is proved is not the key but a secret made of key and name, which is worth nothing for
 * another server: it may travel in handles of what this server has.
 *
 * @module
 */
import { hex } from "../base/hex.ts";
import type { WaitOptions } from "../base/deadline.ts";
import { AuthenticationError, TimeoutError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";
import type { Address, ByteSocket } from "../runtime/types.ts";
import { describe, publicAddress, systemError } from "./address.ts";
import { connectSocket, openWithin, whenAborted } from "./attempt.ts";
import type { Channel } from "./channel.ts";
import { farewell } from "./farewell.ts";
import { HELLO_DEADLINE, LONGEST_HELLO, MOST_HELLOS } from "./handshake.ts";
import { closeAtExit, closeListener } from "./open_listeners.ts";
import { LONGEST_FRAME, type OpeningChannel, openingChannel } from "./socket_channel.ts";
import { Strangers } from "./strangers.ts";
import type { Ticket } from "./ticket.ts";

/** A listening socket. */
export interface KeyedListener {
  /** What proves the right to a channel. */
  readonly ticket: Ticket;
  /** Lets nobody in any more. Channels that are open stay open. Idempotent. */
  close(): void;
}

/** The name of this protocol, in the first message of each side. */
const PROTOCOL = "fenshen 1";
const REFUSED = "refused";
const CHALLENGE_BYTES = 32;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Listens for clients that know the key. @throws {ProcessError} when it cannot listen, the system's `code` in it. */
export async function listenWithKey(address: Address, key: Uint8Array, accept: (channel: Channel) => void): Promise<KeyedListener> {
  const id = hex(runtime.randomBytes(8));
  const secret = secretOf(key, id);
  const strangers = new Strangers(HELLO_DEADLINE, MOST_HELLOS);
  const greet = (socket: ByteSocket) => {
    const opening = openingChannel(socket, LONGEST_HELLO);
    const { channel } = opening;
    channel.unref();
    const known = receive(opening, { id, secret }).then(accept).catch(async () => {
      await farewell(channel);
      await channel.closed;
    });
    strangers.watch(() => channel.destroy(), Promise.race([known, channel.closed]));
  };
  const listener = await runtime.listen(address, greet).catch((error) => {
    throw systemError("listen at", publicAddress(address), error);
  });
  listener.unref();
  closeAtExit(listener);
  return { ticket: { address: listener.address, id, secret, keyed: true }, close: () => void closeListener(listener) };
}

/**
 * Opens a channel to a server whose key is known.
 *
 * @param options `timeout` in milliseconds: of the connection and the proofs together. Default 10,000. `signal`.
 * @throws {AuthenticationError} another key, or what answers there does not speak this protocol. {@linkcode TimeoutError} it is silent.
 * {@linkcode ProcessError} with the system's `code`, when nobody listens.
 */
export function connectWithKey(address: Address, key: Uint8Array, options?: WaitOptions): Promise<{ channel: Channel; ticket: Ticket }> {
  return limited(address, options, async (attempt) => {
    const opened = await prove(address, attempt, (id) => secretOf(key, id));
    return { channel: opened.channel, ticket: { address, id: opened.id, secret: opened.secret, keyed: true } };
  });
}

/** Opens a channel by the secret in a ticket; see {@linkcode connectWithKey}. */
export function connectKeyed(ticket: Ticket): Promise<Channel> {
  return limited(ticket.address, undefined, async (attempt) => {
    const { channel } = await prove(ticket.address, attempt, (id) => {
      if (id === ticket.id) return ticket.secret;
      throw new AuthenticationError(`Cannot connect to ${show(ticket.address)}: another server listens there now`);
    });
    return channel;
  });
}

function limited<T>(address: Address, options: WaitOptions | undefined, open: (attempt: AbortSignal) => Promise<T>): Promise<T> {
  const { timeout = HELLO_DEADLINE, signal } = options ?? {};
  const late = () => new TimeoutError(`Cannot connect to ${show(address)}: no answer within ${timeout} ms`);
  return openWithin({ timeout, signal }, late, open);
}

/** A channel to a server that has proved its name. */
interface Proved {
  readonly channel: Channel;
  readonly id: string;
  readonly secret: string;
}

async function prove(address: Address, attempt: AbortSignal, secretFor: (id: string) => string): Promise<Proved> {
  const opening = openingChannel(await connectSocket(address, attempt), LONGEST_HELLO);
  whenAborted(attempt, () => opening.channel.destroy());
  try {
    return await introduce(opening, address, secretFor);
  } catch (error) {
    opening.channel.destroy();
    throw error;
  }
}

/** The client's part. */
async function introduce(opening: OpeningChannel, address: Address, secretFor: (id: string) => string): Promise<Proved> {
  const { channel, setMaxFrame } = opening;
  const strange = () =>
    new AuthenticationError(`Cannot connect to ${show(address)}: what listens there does not speak the protocol of a manager`);
  const mine = hex(runtime.randomBytes(CHALLENGE_BYTES));
  channel.send(frameOf([PROTOCOL, mine]));
  const [protocol, id, theirs] = textsOf(await nextFrame(opening), 3) ?? [];
  if (protocol !== PROTOCOL || id === undefined || theirs === undefined) throw strange();
  const secret = secretFor(id);
  channel.send(frameOf([proof(secret, "client", id, mine, theirs)]));
  const answer = await nextFrame(opening, () => setMaxFrame(LONGEST_FRAME));
  const [shown] = textsOf(answer, 1) ?? [];
  if (shown === undefined || shown === REFUSED) {
    throw new AuthenticationError(`Cannot connect to ${show(address)}: the other side refuses the key`);
  }
  if (!sameText(shown, proof(secret, "server", id, mine, theirs))) {
    throw new AuthenticationError(`Cannot connect to ${show(address)}: the other side does not know the key`);
  }
  return { channel, id, secret };
}

/** The server's part. @throws for whatever the stranger does wrong; it has been told when it is the key. */
async function receive(opening: OpeningChannel, own: { id: string; secret: string }): Promise<Channel> {
  const { channel, setMaxFrame } = opening;
  const [protocol, theirs] = textsOf(await nextFrame(opening), 2) ?? [];
  if (protocol !== PROTOCOL || theirs === undefined) throw new AuthenticationError("Cannot let a client in: it speaks another protocol");
  const mine = hex(runtime.randomBytes(CHALLENGE_BYTES));
  channel.send(frameOf([PROTOCOL, own.id, mine]));
  const [shown] = textsOf(await nextFrame(opening), 1) ?? [];
  if (shown === undefined || !sameText(shown, proof(own.secret, "client", own.id, theirs, mine))) {
    channel.send(frameOf([REFUSED]));
    throw new AuthenticationError("Cannot let a client in: it does not know the key");
  }
  setMaxFrame(LONGEST_FRAME);
  channel.send(frameOf([proof(own.secret, "server", own.id, theirs, mine)]));
  return channel;
}

/** The next frame of a handshake; `null` at the end. @param arrived Called at once: frames may follow in the same batch. */
function nextFrame({ channel }: OpeningChannel, arrived: () => void = () => {}): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    channel.onFirstFrame((frame) => {
      arrived();
      resolve(frame);
    });
    channel.closed.then(() => resolve(null));
  });
}

function secretOf(key: Uint8Array, id: string): string {
  return hmac(key, `${PROTOCOL} server ${id}`);
}

function proof(secret: string, role: "client" | "server", id: string, clients: string, servers: string): string {
  return hmac(encoder.encode(secret), [PROTOCOL, role, id, clients, servers].join(" "));
}

function hmac(key: Uint8Array, text: string): string {
  return hex(runtime.hmac("sha256", key, encoder.encode(text)));
}

function sameText(a: string, b: string): boolean {
  return runtime.equalBytes(encoder.encode(a), encoder.encode(b));
}

function frameOf(texts: readonly string[]): Uint8Array {
  return encoder.encode(JSON.stringify(texts));
}

/** The texts of a frame; `null` when it is no such frame. */
function textsOf(frame: Uint8Array | null, count: number): string[] | null {
  if (frame === null) return null;
  try {
    const texts: unknown = JSON.parse(decoder.decode(frame));
    const fine = Array.isArray(texts) && texts.length === count && texts.every((text) => typeof text === "string");
    return fine ? texts as string[] : null;
  } catch {
    return null; // No JSON: somebody else's protocol.
  }
}

function show(address: Address): string {
  return describe(publicAddress(address));
}
