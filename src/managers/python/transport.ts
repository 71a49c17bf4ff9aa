/** How the messages of CPython's managers travel: a Connection, with the handshake behind it. @module */
import type { WaitOptions } from "../../base/deadline.ts";
import { Client } from "../../connection/client.ts";
import type { Connection } from "../../connection/connection.ts";
import type { Address } from "../../runtime/types.ts";
import { publicAddress } from "../../connection/address.ts";
import type { MessageChannel } from "./messages.ts";

/** How long connecting and the proof of the key may take, in milliseconds, and then the first answer. */
const PATIENCE = 10_000;

/** A Connection as the protocol uses it. */
export function channelOf(connection: Connection): MessageChannel {
  return {
    send: (message) => connection.sendBytes(message),
    recv: (options) => connection.recvBytes(undefined, options),
    close: () => connection.close(),
  };
}

/** Connects to a manager's server. @throws as `Client` does. */
export async function connectChannel(address: Address, authkey: Uint8Array, options?: WaitOptions): Promise<MessageChannel> {
  return channelOf(await Client(publicAddress(address), { authkey, ...bounded(options) }));
}

/** The options of a caller, with a bound where it has given none. */
export function bounded(options: WaitOptions | undefined): WaitOptions {
  return { timeout: options?.timeout === undefined ? PATIENCE : options.timeout, signal: options?.signal };
}
