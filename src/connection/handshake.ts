/** What the two sides of a new connection say to each other before it becomes a channel. @module */
import type { Ticket } from "./ticket.ts";

/** The first frame, from the side that connects: which offer, and the proof of the right to it. */
export interface Hello {
  id: string;
  secret: string;
}

/** The answer: let in, a wrong secret, or nothing (any more) under that id. */
export type Answer = "welcome" | "refused" | "gone";

/** The longest frame of a handshake, in bytes. */
export const LONGEST_HELLO = 1024;
/** How long the hello of a new connection may take, in milliseconds. */
export const HELLO_DEADLINE = 10_000;
/** How many may be at it at once: twice what a system lets wait for a listener. */
export const MOST_HELLOS = 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The hello that a ticket allows. */
export function encodeHello(ticket: Ticket): Uint8Array {
  const hello: Hello = { id: ticket.id, secret: ticket.secret };
  return encoder.encode(JSON.stringify(hello));
}

/** Reads a hello; `null` when it is none. */
export function decodeHello(frame: Uint8Array): Hello | null {
  try {
    const hello: unknown = JSON.parse(decoder.decode(frame));
    if (hello === null || typeof hello !== "object" || !("id" in hello) || !("secret" in hello)) return null;
    const { id, secret } = hello;
    return typeof id === "string" && typeof secret === "string" ? { id, secret } : null;
  } catch {
    return null; // No JSON: somebody else's protocol.
  }
}

/** The bytes of an answer. */
export function encodeAnswer(answer: Answer): Uint8Array {
  return encoder.encode(answer);
}

/** Reads an answer; what is none counts as a refusal. */
export function decodeAnswer(frame: Uint8Array): Answer {
  const text = decoder.decode(frame);
  return text === "welcome" || text === "gone" ? text : "refused";
}
