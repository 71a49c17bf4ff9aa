/** What clients of a server that counts references say about the server itself. @module */
import type { Call, ServedObject } from "./served.ts";

/** The id of the control object, in every such server. */
export const CONTROL_ID = "server";
/** Its type. */
export const CONTROL_TYPE = "Server";

/** What the control object needs of its server. */
export interface Controlled {
  /** How many objects it hosts. */
  readonly size: number;
  /** See {@linkcode Parcels.post}. @throws {RangeError} there is no such object. */
  post(id: string, parcel: string): void;
  /** What it hosts, as text. */
  debugInfo(): string;
}

/** The server, as an object of its own. */
export class ControlObject implements ServedObject {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed: readonly string[] = ["post", "numberOfObjects", "debugInfo"];
  readonly #server: Controlled;

  /** @param server What it controls. */
  constructor(server: Controlled) {
    this.#server = server;
  }

  /** A message with a reference is about to leave its sender. */
  post(_call: Call, id: unknown, parcel: unknown): void {
    if (typeof id !== "string" || typeof parcel !== "string") throw new TypeError("Cannot send a reference: it names no object");
    this.#server.post(id, parcel);
  }

  /** How many objects there are. */
  numberOfObjects(_call: Call): number {
    return this.#server.size;
  }

  /** What there is, as text. */
  debugInfo(_call: Call): string {
    return this.#server.debugInfo();
  }

  /** It holds nothing for anybody. */
  clientGone(): void {}
}
