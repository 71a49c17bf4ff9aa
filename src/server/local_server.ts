/** The object server of this unit, and this unit's clients of all servers. @module */
import { BrokenPipeError } from "../base/errors.ts";
import { connectTo, makeTicket } from "../connection/endpoint.ts";
import { connectKeyed } from "../connection/keyed_endpoint.ts";
import type { Channel } from "../connection/channel.ts";
import type { Ticket } from "../connection/ticket.ts";
import { runtime } from "../runtime/runtime.ts";
import { ServerClient } from "./client.ts";
import { holdWhile } from "./keep_alive.ts";
import { unitName } from "./unit_name.ts";

/** The name under which the child entry knows the server. */
const OBJECT_SERVER = "object-server";

/** What the server's thread is told. */
export interface ServerPlan {
  /** What it offers itself under: known before it runs, so that a handle can be encoded at once. */
  ticket: Ticket;
}

/** What the server's thread posts to the unit that started it, once it can be reached. */
export const SERVER_READY = "ready";

/** A server and the way to it. */
export class ServerLink {
  /** Calls its objects. */
  readonly client: ServerClient;
  readonly ticket: Ticket;
  /** While the server starts: settles when it can be reached. */
  starting: Promise<void> | null;

  /** Whether the server counts who refers to its objects. */
  readonly counted: boolean;

  /** @param ticket How to reach the server. @param starting See there. @param connect Opens a channel to it. @param counted See there. */
  constructor(
    ticket: Ticket,
    starting: Promise<void> | null = null,
    connect: (ticket: Ticket) => Promise<Channel> = connectTo,
    counted = false,
  ) {
    this.ticket = ticket;
    this.counted = counted;
    this.starting = starting;
    this.client = new ServerClient(async () => {
      await starting;
      return connect(ticket);
    }, unitName);
    starting?.then(() => (this.starting = null), () => {});
    links.set(ticket.id, this);
    this.client.closed.then(() => links.delete(ticket.id));
  }
}

/** The way to the server of that id, if this unit has one. */
export function knownLink(id: string): ServerLink | null {
  return links.get(id) ?? null;
}

let local: ServerLink | null = null;
/** Under what this unit's server is or will be offered, as far as somebody has asked. */
let ticket: Ticket | null = null;
/** By the id of the ticket; only those whose channel has not ended. */
const links = new Map<string, ServerLink>();

/** This unit's own server; its thread starts at the first call. It never keeps the program alive. */
export function localServer(): ServerLink {
  if (local?.client.ended) ticket = local = null;
  local ??= new ServerLink(localTicket(), holdWhile(startThread({ ticket: localTicket() })));
  return local;
}

/** The ticket of this unit's own server, which need not run yet. */
export function localTicket(): Ticket {
  return ticket ??= makeTicket();
}

/** The way to the server that a ticket names: this unit has one channel to it at most. */
export function linkTo(ticket: Ticket, counted = false): ServerLink {
  return links.get(ticket.id) ?? new ServerLink(ticket, null, ticket.keyed ? connectKeyed : connectTo, counted);
}

/** Tells every server that this unit has done its work and ends now; it has left when nothing is pending any more. */
export function sayBye(): void {
  for (const { client } of links.values()) client.sayBye();
}

function startThread(plan: ServerPlan): Promise<void> {
  const worker = runtime.startWorker({ name: OBJECT_SERVER, launch: { service: OBJECT_SERVER, data: plan } });
  worker.unref();
  worker.port.unref();
  return new Promise((resolve, reject) => {
    worker.port.onMessage(() => resolve());
    worker.exited.then(({ exitcode }) => {
      reject(new BrokenPipeError(`Cannot start the object server: its thread ended, with exit code ${exitcode}`));
    });
  });
}
