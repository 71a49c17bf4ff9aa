/** What every handle of a served object is made of: the name of the object and the way to its server. @module */
import { hex } from "../base/hex.ts";
import { BrokenPipeError, EOFError, SerializationError } from "../base/errors.ts";
import type { Ticket } from "../connection/ticket.ts";
import { runtime } from "../runtime/runtime.ts";
import type { ObjectName, ServerClient } from "./client.ts";
import { CONTROL_ID, CONTROL_TYPE } from "./control_object.ts";
import { linkTo, localServer, type ServerLink } from "./local_server.ts";
import { type CallOptions, failed } from "./request.ts";

/** A handle on its way: plain data. */
export interface HandleState {
  readonly ticket: Ticket;
  readonly id: string;
  readonly params: unknown;
  /** Keeps the object alive until the message is decoded; only of a server that counts references. */
  readonly parcel?: string;
  /** The message is stored by another server, which cannot say when nobody needs it any more: its parcel is never settled. */
  readonly stored?: boolean;
}

/** What a handle is told when it is encoded; see `HandleType.reduce`. */
export type UnderWay = readonly [wait: (pending: Promise<unknown>) => void, carry?: (undo: () => void) => void];

/** Where the handles of new objects are made; `null`: in this unit's own server. */
let home: ServerLink | null = null;
/** Whoever stores a message is told here which parcels are in it. */
let collecting: { readonly link: ServerLink; readonly parcels: string[] } | null = null;
/** Handles that nobody has any more: the last one of an object lets it go. */
const forgotten = new FinalizationRegistry<{ client: ServerClient; id: string }>(({ client, id }) => client.release(id));

/** Makes objects in a server other than this unit's own: what `make` constructs before it returns lives there. */
export function madeIn<T>(link: ServerLink, make: () => T): T {
  const before = home;
  home = link;
  try {
    return make();
  } finally {
    home = before;
  }
}

/** Tells which parcels a value has that is encoded, before `encode` returns, to be stored in that server. */
export function collectParcels<T>(link: ServerLink, encode: () => T): { result: T; parcels: string[] } {
  const before = collecting;
  const parcels: string[] = [];
  collecting = { link, parcels };
  try {
    return { result: encode(), parcels };
  } finally {
    collecting = before;
  }
}

/** Refers to one served object. Any number of handles, in any number of units, may refer to the same one. */
export class ServedRef implements ObjectName {
  readonly id: string;
  readonly type: string;
  readonly params: unknown;
  /** Whether the object must exist already. */
  readonly finds: boolean;
  /** `null` until the first use or the first journey: making a handle starts nothing. */
  #link: ServerLink | null;
  /** Made in this unit. */
  readonly #own: boolean;
  /** It counts as a reference. */
  #retained = false;

  private constructor(name: Pick<ObjectName, "id" | "type" | "params">, link: ServerLink | null, own: boolean) {
    this.id = name.id;
    this.type = name.type;
    this.params = name.params;
    this.#link = link;
    this.#own = own;
    this.finds = link?.counted === true && !own;
    if (!link?.counted) return;
    link.client.retain(this);
    this.#retained = true;
    forgotten.register(this, { client: link.client, id: this.id }, this);
  }

  /** A new object; it will live in the server of this unit, or in that of another object, so that the two can work together. */
  static create(type: string, params: unknown, beside?: ServedRef): ServedRef {
    const name = { id: hex(runtime.randomBytes(16)), type, params };
    return beside === undefined ? new ServedRef(name, home, true) : new ServedRef(name, beside.#link, beside.#link?.counted || beside.#own);
  }

  /** An object that exists in a server that counts references; a parcel keeps it until now. */
  static find(link: ServerLink, id: string, type: string, parcel: string): ServedRef {
    const ref = new ServedRef({ id, type, params: null }, link, false);
    link.client.settle(parcel);
    return ref;
  }

  /** An object that a handle from elsewhere refers to. @throws {SerializationError} when the state is none of a handle. */
  static revive(type: string, state: unknown): ServedRef {
    const { ticket, id, params, parcel, stored } = (state ?? {}) as Partial<HandleState>;
    if (typeof id !== "string" || typeof ticket?.id !== "string" || typeof ticket.secret !== "string") {
      throw new SerializationError(`Cannot revive a ${type}: its state is not that of a handle`);
    }
    const link = linkTo(ticket as Ticket, parcel !== undefined);
    const ref = new ServedRef({ id, type, params }, link, false);
    if (typeof parcel === "string" && !stored) link.client.settle(parcel);
    return ref;
  }

  /** The way to the server, for an object that lives in one other than this unit's own. */
  get link(): ServerLink {
    return this.#server();
  }

  /** What travels for a handle. Starts the server if it is this unit's own and does not run yet; `wait` then holds the message back. */
  reduce(...[wait, carry]: UnderWay): HandleState {
    const link = this.#server();
    const { ticket, starting, counted } = link;
    if (starting !== null) wait(starting);
    const state = { ticket, id: this.id, params: this.params };
    if (!counted) return state;
    const parcel = hex(runtime.randomBytes(8));
    const name: ObjectName = { id: CONTROL_ID, type: CONTROL_TYPE, params: null, finds: true, lost: () => this.lost("send", null) };
    // Before it leaves: the receiver may use it while this unit has already let it go.
    wait(link.client.call(name, "post", [this.id, parcel], { verb: "send" }));
    // This closure also keeps the handle itself as long as somebody may have to decode the message again.
    carry?.(() => this.#server().client.settle(parcel));
    if (collecting?.link === link) collecting.parcels.push(parcel);
    return { ...state, parcel, stored: collecting !== null && collecting.link !== link };
  }

  /**
   * Calls the object. A call that fails because its server is gone rejects with {@linkcode ServedRef.lost}, also when it was waiting; one whose server cannot
   * be started rejects with the reason.
   */
  call<T, A = T>(method: string, args: readonly unknown[], options: CallOptions<T, A>): Promise<T> {
    let link: ServerLink;
    try {
      link = this.#server();
    } catch (error) {
      options.onEnd?.();
      return failed(error);
    }
    return link.client.call(this, method, args, options);
  }

  /** This handle refers to the object no more. Calling it again does nothing, and so it does where nobody counts. */
  release(): void {
    if (!this.#retained) return;
    this.#retained = false;
    forgotten.unregister(this);
    this.#link!.client.release(this.id);
  }

  /** `EOFError` for what gets, `BrokenPipeError` for everything else. */
  lost(verb: string, cause: Error | null): Error {
    const lost = verb.startsWith("get") ? EOFError : BrokenPipeError;
    const counted = this.#link?.counted === true;
    const server = counted
      ? "its manager has ended"
      : this.#own
      ? "the object server of this unit has ended"
      : "the unit that made it has ended";
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
