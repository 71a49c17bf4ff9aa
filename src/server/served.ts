/**
 * What the object server hosts: plain classes, no IPC in them.
 *
 * A method gets a {@linkcode Call} (who asks, and whether they still want to know) and its arguments. It answers at once with a value, or
 * with a promise when it has to wait. What it hands out for keeps (an item, a lock) it wraps in a {@linkcode Delivery}: the server takes it back
 * when the client gave up, or died, before it had confirmed the receipt.
 *
 * @module
 */
import type { Parcels } from "./parcels.ts";

/** A connection, as a served object sees it: compared by identity, to record who holds something. */
export interface Client {
  /** The unit's name, for inspection. */
  readonly name: string;
}

/** Why nobody wants the answer of a call any more: the caller gave up, or its unit is gone. */
export type GiveUp = "cancelled" | "gone";

/** One call of a method by a client. */
export class Call {
  /** Who calls. */
  readonly client: Client;
  /** Whether the caller may give up (it has a timeout or a signal), and so confirms what is delivered. */
  readonly limited: boolean;
  #gaveUp: GiveUp | null = null;
  #onGiveUp: ((how: GiveUp) => void) | null = null;

  /** @param client Who calls. @param limited See {@linkcode Call.limited}. */
  constructor(client: Client, limited = false) {
    this.client = client;
    this.limited = limited;
  }

  /** How the caller gave up, or `null` while it still waits. */
  get gaveUp(): GiveUp | null {
    return this.#gaveUp;
  }

  /** A method that parks says here what takes it out of the line again. */
  onGiveUp(handler: (how: GiveUp) => void): void {
    this.#onGiveUp = handler;
    if (this.#gaveUp !== null) handler(this.#gaveUp);
  }

  /** For the server: nobody wants the answer any more. */
  giveUp(how: GiveUp): void {
    if (this.#gaveUp !== null) return;
    this.#gaveUp = how;
    this.#onGiveUp?.(how);
  }
}

/** An answer that can be taken back until the client has confirmed it. */
export interface DeliveryEnds {
  /** The client has it. */
  taken?(): void;
  /** The client gave up, or died, without confirming. Says whether the delivery was undone; `false`: it stands. */
  giveBack(how: GiveUp): boolean;
}

/** An answer that belongs to the client only once it has confirmed the receipt. Exactly one of `taken` and `giveBack` is called, once. */
export class Delivery<T> {
  /** What the client gets. */
  readonly value: T;
  readonly #ends: DeliveryEnds;

  /** @param value What the client gets. @param ends What follows. */
  constructor(value: T, ends: DeliveryEnds) {
    this.value = value;
    this.#ends = ends;
  }

  /** For the server: the client has confirmed. */
  taken(): void {
    this.#ends.taken?.();
  }

  /** For the server: the client will never confirm. */
  giveBack(how: GiveUp): boolean {
    return this.#ends.giveBack(how);
  }
}

/** An object that the server hosts. Its exposed methods take a {@linkcode Call} first. */
export interface ServedObject {
  /**
   * A client that has used this object is gone: what it holds, confirmed, is free again. Its calls and deliveries have been given back already.
   *
   * @param client Which. @param inOrder It had done its work, and did not die.
   */
  clientGone(client: Client, inOrder: boolean): void;
  /** Called once, before the first method: for an object that works together with others of its server. */
  moveIn?(find: FindServed, parcels: Parcels): void;
  /** Nobody refers to it any more, and nobody can again. Only in a server that counts. */
  dispose?(): void;
  /** A line for people. */
  describe?(): string;
}

/** Finds another object of the same server; made now if it does not exist. @throws when it is of another type, or cannot be made. */
export type FindServed = (id: string, type: string, params: unknown) => ServedObject;

/** A class of served objects. */
export interface ServedClass {
  /** @param params What the handle was made with; from outside, so the class checks it. */
  new (params: unknown): ServedObject;
  /** The methods that clients may call. */
  readonly exposed: readonly string[];
}

/** The classes that a server knows, by the name that handles use. */
export type ServedTypes = Readonly<Record<string, ServedClass>>;
