/** Values as a manager's server stores them: encoded, so that it never has to understand them. @module */
import { decodeValue, encodeValue, type Undo } from "../reference/value.ts";
import { collectParcels } from "../server/handle.ts";
import type { ServerLink } from "../server/local_server.ts";
import type { Parcels } from "../server/parcels.ts";
import { Delivery } from "../server/served.ts";
import { ownLink } from "./own_link.ts";

/** An encoded value; with the names of the references in it that keep objects of the same server alive. */
export type Stored = Uint8Array | readonly [bytes: Uint8Array, parcels: readonly string[]];

/** Encodes a value for a server. @throws {SerializationError} when it cannot travel: at once, or by the promise. */
export function pack(link: ServerLink, value: unknown, where: string, carried: Undo[]): Stored | Promise<Stored> {
  const { result, parcels } = collectParcels(link, () => encodeValue(value, where, carried, "often"));
  const stored = (bytes: Uint8Array): Stored => parcels.length === 0 ? bytes : [bytes, parcels];
  return result instanceof Uint8Array ? stored(result) : result.then(stored);
}

/** Encodes each of many values; see {@linkcode pack}. */
export function packAll(link: ServerLink, values: Iterable<unknown>, where: string, carried: Undo[]): Stored[] | Promise<Stored[]> {
  const all: (Stored | Promise<Stored>)[] = [];
  let index = 0;
  for (const value of values) all.push(pack(link, value, `${where}[${index++}]`, carried));
  return all.some((stored) => stored instanceof Promise) ? Promise.all(all) : all as Stored[];
}

/** The bytes of a stored value. */
export function bytesOf(stored: Stored): Uint8Array {
  return stored instanceof Uint8Array ? stored : stored[0];
}

/** The value itself. */
export function unpack(bytes: Uint8Array): unknown {
  return decodeValue(bytes);
}

/** The values themselves. */
export function unpackAll(all: readonly Uint8Array[]): unknown[] | Promise<unknown[]> {
  const values = all.map(unpack);
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : values;
}

/** A stored value from a client. @throws {TypeError} for anything else. */
export function checkStored(value: unknown): Stored {
  if (value instanceof Uint8Array) return value;
  const isPair = Array.isArray(value) && value.length === 2 && value[0] instanceof Uint8Array && Array.isArray(value[1]) &&
    value[1].every((name) => typeof name === "string");
  if (isPair) return value as unknown as Stored;
  throw new TypeError(`Cannot store a value: it must be encoded, received ${typeof value}`);
}

/** Stored values from a client. @throws {TypeError} for anything else. */
export function checkAllStored(values: unknown): Stored[] {
  if (!Array.isArray(values)) throw new TypeError(`Cannot store values: they must be an array, received ${typeof values}`);
  return values.map(checkStored);
}

/** Keeps alive what stored values refer to. */
export class Keeper {
  #parcels: Parcels | null = null;

  /** Where it is. */
  moveIn(parcels: Parcels): void {
    this.#parcels = parcels;
  }

  /** The way to this server. */
  get link(): ServerLink {
    return ownLink(this.#parcels!);
  }

  /** A value is stored now. */
  keep(stored: Stored): void {
    if (!(stored instanceof Uint8Array)) stored[1].forEach((name) => this.#parcels!.keep(name));
  }

  /** A value is stored no more. */
  drop(stored: Stored): void {
    if (!(stored instanceof Uint8Array)) stored[1].forEach((name) => this.#parcels!.drop(name));
  }

  /** An answer that shows stored values: they are kept until the client has decoded them. */
  show<T>(shown: readonly Stored[], answer: T): T | Delivery<T> {
    const referring = shown.filter((stored) => !(stored instanceof Uint8Array));
    if (referring.length === 0) return answer;
    referring.forEach((stored) => this.keep(stored));
    const seen = () => referring.forEach((stored) => this.drop(stored));
    return new Delivery(answer, {
      taken: seen,
      giveBack: () => {
        seen();
        return false;
      },
    });
  }
}
