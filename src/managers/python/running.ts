/** A manager's server for Python programs, in this unit, and where it listens. @module */
import { BrokenPipeError, ClosedError, EOFError } from "../../base/errors.ts";
import type { Connection } from "../../connection/connection.ts";
import { Listener } from "../../connection/listener.ts";
import { log } from "../../runtime/log.ts";
import type { Address } from "../../runtime/types.ts";
import { toListen } from "../address.ts";
import { publicAddress } from "../../connection/address.ts";
import { PythonManagerServer, type ReferentFactory } from "./server.ts";
import { channelOf } from "./transport.ts";

/** What a server is made with. */
export interface PythonPlan {
  readonly address: Address | null;
  readonly authkey: Uint8Array;
  readonly types: ReadonlyMap<string, ReferentFactory>;
  /** Called when a client asks the server to end. */
  onShutdown(): void;
}

/** A server that can be reached. */
export interface RunningPythonServer {
  readonly address: Address;
  /** Lets nobody in any more, and ends every client's connection. */
  stop(): Promise<void>;
}

/** Starts a server. @throws the system's error when it cannot listen. */
export function runPythonServer({ address, authkey, types, onShutdown }: PythonPlan): RunningPythonServer {
  const listener = new Listener({ address: publicAddress(toListen(address)), authkey });
  const { address: bound } = listener;
  const server = new PythonManagerServer({ address: bound, registry: types, onShutdown });
  const connections = new Map<Connection, Promise<void>>();
  const greet = async () => {
    for await (const connection of listener) {
      connections.set(connection, serve(server, connection).finally(() => connections.delete(connection)));
    }
  };
  const greeting = greet();
  return {
    address: typeof bound === "string" ? { path: bound } : { host: bound[0], port: bound[1] },
    async stop() {
      const closed = listener.close();
      const served = [...connections.values()];
      for (const connection of connections.keys()) connection.close();
      await Promise.all([closed, greeting, ...served]);
    },
  };
}

async function serve(server: PythonManagerServer, connection: Connection): Promise<void> {
  try {
    await server.serve(channelOf(connection));
  } catch (error) {
    // A client may go at any moment, and so may this server.
    if (error instanceof EOFError || error instanceof BrokenPipeError || error instanceof ClosedError) return;
    log.info(`a connection of a manager failed: ${String(error)}`);
  }
}
