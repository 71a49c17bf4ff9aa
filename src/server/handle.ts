/** What every handle of a served object is made of: the name of the object and the way to its server. @module */
import { BrokenPipeError, EOFError, SerializationError } from "../base/errors.ts";
import type { Ticket } from "../connection/ticket.ts";
import { runtime } from "../runtime/runtime.ts";
import type { ObjectName } from "./client.ts";
import { linkTo, localServer, type ServerLink } from "./local_server.ts";
import type { CallOptions } from "./request.ts";

/** A handle on its way: plain data. */
export interface HandleState {
  readonly ticket: Ticket;
  readonly id: string;
  readonly params: unknown;
}

/** Refers to one served object. Any number of handles, in any number of units, may refer to the same one. */
export class ServedRef implements ObjectName {
  readonly id: string;
  readonly type: string;
  readonly params: unknown;
  /** `null` until the first use or the first journey: making a handle starts nothing. */
  #link: ServerLink | null;

  /** Made in this unit. */
  readonly #own: boolean;

  private constructor(id: string, type: string, params: unknown, link: ServerLink | null, own: boolean) {
    this.id = id;
    this.type = type;
    this.params = params;
    this.#link = link;
    this.#own = own;
  }

  /** A new object; it will live in the server of this unit, or in that of another object, so that the two can work together. */
  static create(type: string, params: unknown, beside?: ServedRef): ServedRef {
    const id = hex(runtime.randomBytes(16));
    return beside === undefined ? new ServedRef(id, type, params, null, true) : new ServedRef(id, type, params, beside.#link, beside.#own);
  }

  /** An object that a handle from elsewhere refers to. @throws {SerializationError} when the state is none of a handle. */
  static revive(type: string, state: unknown): ServedRef {
    const { ticket, id, params } = (state ?? {}) as Partial<HandleState>;
    if (typeof id !== "string" || typeof ticket?.id !== "string" || typeof ticket.secret !== "string") {
      throw new SerializationError(`Cannot revive a ${type}: its state is not that of a handle`);
    }
    return new ServedRef(id, type, params, linkTo(ticket as Ticket), false);
  }

  /** What travels for a handle. Starts the server if it is this unit's own and does not run yet; `wait` then holds the message back. */
  reduce(wait: (pending: Promise<unknown>) => void): HandleState {
    const { ticket, starting } = this.#server();
    if (starting !== null) wait(starting);
    return { ticket, id: this.id, params: this.params };
  }

  /** Calls the object. A call that fails because its server is gone rejects with {@linkcode ServedRef.lost}, also when it was waiting. */
  call<T, A = T>(method: string, args: readonly unknown[], options: CallOptions<T, A>): Promise<T> {
    return this.#server().client.call(this, method, args, options);
  }

  /** `EOFError` for what gets, `BrokenPipeError` for everything else. */
  lost(verb: string, cause: Error | null): Error {
    const lost = verb.startsWith("get") ? EOFError : BrokenPipeError;
    const server = this.#own ? "the object server of this unit has ended" : "the unit that made it has ended";
    return new lost(`Cannot ${verb} ${this.label}: ${server}`, cause === null ? undefined : { cause });
  }

  /** For messages: the type, and enough of the id to tell two apart. */
  get label(): string {
    return `${this.type} ${this.id.slice(0, 8)}`;
  }

  #server(): ServerLink {
    return this.#link ??= localServer();
  }
}

function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
