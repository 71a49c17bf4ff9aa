/** `Pipe`: two connected ends. @module */
import { ClosedError, SerializationError } from "../base/errors.ts";
import { registerHandle } from "../wire/handles.ts";
import { Connection, endOf } from "./connection.ts";
import { connectTo, offer } from "./endpoint.ts";
import { loopbackPair } from "./loopback.ts";
import { claim } from "./pipe_claim.ts";
import { PipeEnd } from "./pipe_end.ts";
import type { EndTraits, Introducer } from "./pipe_introducer.ts";
import { isTicket } from "./pipe_link.ts";
import type { Undo } from "../reference/value.ts";
import type { Ticket } from "./ticket.ts";

const endpoint: Introducer = { offer, connectTo };

/**
 * Makes two connected ends. What one sends, the other receives, whichever units hold them: an end moves to the unit that receives it in its
 * arguments, through a queue or in any other value, and the two holders talk directly.
 *
 * *Differs from Python*: an end belongs to one unit at a time. Sending it to a second one is refused; units that are to share a way share a `Queue`.
 *
 * @param duplex Default `true`: both ends send and receive. `false`: the first only receives, the second only sends.
 * @throws {TypeError} `duplex` is no boolean.
 *
 * @example
 * ```ts
 * import { Pipe } from "@fenshen/multiprocessing/connection";
 * import assert from "node:assert/strict";
 *
 * const [reader, writer] = Pipe(false);
 * await writer.send("hello");
 * assert.equal(await reader.recv(), "hello");
 * writer.close();
 * reader.close();
 * ```
 */
export function Pipe(duplex = true): [Connection, Connection] {
  if (typeof duplex !== "boolean") throw new TypeError(`Cannot make a Pipe: duplex must be a boolean, received ${typeof duplex}`);
  registerConnectionHandles();
  const [first, second] = pipeEnds(duplex, endpoint);
  return [new Connection(first), new Connection(second)];
}

/** Two linked ends in this unit. */
export function pipeEnds(duplex: boolean, introducer: Introducer): [PipeEnd, PipeEnd] {
  const first = new PipeEnd(introducer, { number: 0, readable: true, writable: duplex });
  const second = new PipeEnd(introducer, { number: 1, readable: duplex, writable: true });
  const [left, right] = loopbackPair();
  first.linkToNeighbour(left, second);
  second.linkToNeighbour(right, first);
  return [first, second];
}

/** An end in a message. */
interface EndState extends EndTraits {
  ticket: Ticket;
}

let registered = false;

/** Makes Connections travel. Idempotent; never called by an import. */
export function registerConnectionHandles(): void {
  if (registered) return;
  registered = true;
  registerHandle({ type: "Connection", class: Connection, reduce: reduceConnection, revive: reviveConnection });
}

function reduceConnection(connection: Connection, wait: (ready: Promise<unknown>) => void, carry: (undo: Undo) => void): EndState {
  const end = endOf(connection);
  if (end.unusable !== null) throw new ClosedError(`Cannot send a Connection: ${end.unusable}`);
  if (!(end instanceof PipeEnd)) {
    throw new SerializationError(
      "Cannot send a Connection: only the ends of a Pipe can travel, received one of a Listener or Client\nSend its address, and connect there:\n  await Client(address, { authkey })",
    );
  }
  if (end.isUnderWay) {
    throw new SerializationError(
      "Cannot send a Connection: it is on its way to another unit already, and an end of a Pipe belongs to one unit at a time\nMake a Pipe for each of them, or let them share a Queue",
    );
  }
  const { ticket, ready } = end.carry();
  carry(() => end.uncarry());
  wait(ready);
  return { ...end.traits, ticket };
}

function reviveConnection(state: unknown): Connection {
  if (!isEndState(state)) throw new SerializationError("Cannot receive a Connection: its state is none of this version of the library");
  const { ticket, ...traits } = state;
  const end = new PipeEnd(endpoint, traits);
  claim(end, ticket, endpoint);
  return new Connection(end);
}

function isEndState(value: unknown): value is EndState {
  if (typeof value !== "object" || value === null) return false;
  const { number, readable, writable, ticket } = value as Record<string, unknown>;
  return (number === 0 || number === 1) && typeof readable === "boolean" && typeof writable === "boolean" && isTicket(ticket);
}
