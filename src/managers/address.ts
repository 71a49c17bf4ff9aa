/** Where a manager listens, as Python writes it. @module */
import { familyFor, hostToListen, type SocketAddress, toConnect } from "../connection/address.ts";
import { runtime } from "../runtime/runtime.ts";
import type { Address } from "../runtime/types.ts";

/**
 * `[host, port]` for TCP (port 0: any; host `""`: every network of this machine), the path of a socket file, `"\0name"` (an abstract socket of Linux), or the name of
 * a Windows pipe.
 */
export type ManagerAddress = SocketAddress;

/** Checks an address; `null` for none. @throws {TypeError} or {@linkcode RangeError} for what is none, or none of this system. */
export function addressOf(address: ManagerAddress | null | undefined, verb: string): Address | null {
  if (address === undefined || address === null) return null;
  familyFor(address, null, verb);
  return toConnect(address, verb);
}

/** Where to listen for an address; a fresh private one for none. */
export function toListen(address: Address | null): Address {
  if (address === null) return runtime.newLocalAddress();
  return "host" in address ? { ...address, host: hostToListen(address.host) } : address;
}

/** Checks a key. @throws {TypeError} no bytes. {@linkcode RangeError} none at all: everybody knows that one. */
export function keyOf(key: unknown, verb: string): Uint8Array | null {
  if (key === undefined || key === null) return null;
  if (!(key instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot ${verb}: authkey must be a Uint8Array, received ${typeof key}${
        typeof key === "string" ? '\n\n    authkey: new TextEncoder().encode("secret")' : ""
      }`,
    );
  }
  if (key.length === 0) throw new RangeError(`Cannot ${verb}: authkey must have at least one byte, received none`);
  return new Uint8Array(key);
}
