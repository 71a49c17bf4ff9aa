/** Where a manager listens, as Python writes it. @module */
import { runtime } from "../runtime/runtime.ts";
import type { Address } from "../runtime/types.ts";

/** `[host, port]` for TCP (port 0: any; host `""`: every network of this machine), or the path of a socket file or a Windows pipe. */
export type ManagerAddress = string | readonly [host: string, port: number];

const LARGEST_PORT = 65535;

/** Checks an address; `null` for none. @throws {TypeError} or {@linkcode RangeError} for what is none. */
export function addressOf(address: unknown, verb: string): Address | null {
  if (address === undefined || address === null) return null;
  if (typeof address === "string" && address !== "") return { path: address };
  if (!Array.isArray(address) || address.length !== 2 || typeof address[0] !== "string") {
    throw new TypeError(`Cannot ${verb}: address must be [host, port] or a path, received ${address === "" ? '""' : typeof address}`);
  }
  const [host, port] = address as [string, unknown];
  if (!Number.isInteger(port) || port as number < 0 || port as number > LARGEST_PORT) {
    throw new RangeError(`Cannot ${verb}: the port must be an integer from 0 to ${LARGEST_PORT}, received ${String(port)}`);
  }
  return { host, port: port as number };
}

/** Where to listen for an address; a fresh private one for none. */
export function toListen(address: Address | null): Address {
  if (address === null) return runtime.newLocalAddress();
  return "host" in address && address.host === "" ? { ...address, host: "0.0.0.0" } : address;
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
