/** A manager's server in this unit: the object server with its types, and where it listens. @module */
import { listenWithKey } from "../connection/keyed_endpoint.ts";
import { loopbackPair } from "../connection/loopback.ts";
import type { Ticket } from "../connection/ticket.ts";
import type { Address } from "../runtime/types.ts";
import { ServerLink } from "../server/local_server.ts";
import { ObjectServer } from "../server/object_server.ts";
import { toListen } from "./address.ts";
import { registerProxyHandles } from "./handles.ts";
import { setOwnLink } from "./own_link.ts";
import type { Registry } from "./registry.ts";
import { managedTypes } from "./served_types.ts";
import { type MakePool, ServerControl } from "./server_control.ts";

/** What a server is made with. */
export interface ServerPlan {
  readonly registry: Registry;
  readonly address: Address | null;
  readonly authkey: Uint8Array;
}

/** A server that can be reached. */
export interface RunningServer {
  readonly ticket: Ticket;
  /** Lets nobody in any more, and ends every client's connection. */
  stop(): void;
}

/** Starts a server in this unit. @throws the system's error when it cannot listen. */
export async function runServer(plan: ServerPlan, makePool: MakePool): Promise<RunningServer> {
  registerProxyHandles();
  const server = new ObjectServer(managedTypes, {
    control: (server) => new ServerControl(server, plan.registry, makePool),
    controlMethods: ServerControl.exposed,
  });
  const listener = await listenWithKey(toListen(plan.address), plan.authkey, (channel) => server.accept(channel));
  const { ticket } = listener;
  const connectHere = async () => {
    const [near, far] = loopbackPair();
    server.accept(far);
    return near;
  };
  setOwnLink(server.parcels, new ServerLink(ticket, null, connectHere, true));
  return {
    ticket,
    stop() {
      listener.close();
      server.disconnect();
    },
  };
}
