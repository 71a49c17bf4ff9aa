/** A manager's server in this unit: the object server with its types, and where it listens. @module */
import { offer } from "../connection/endpoint.ts";
import type { Ticket } from "../connection/ticket.ts";
import { linkTo } from "../server/local_server.ts";
import { ObjectServer } from "../server/object_server.ts";
import { registerProxyHandles } from "./handles.ts";
import { setOwnLink } from "./own_link.ts";
import type { Registry } from "./registry.ts";
import { type MakePool, ServerControl } from "./server_control.ts";
import { managedTypes } from "./served_types.ts";

/** What a server is made with. */
export interface ServerPlan {
  readonly registry: Registry;
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
  const offered = offer((channel) => server.accept(channel));
  setOwnLink(server.parcels, linkTo(offered.ticket, true));
  await offered.ready;
  return {
    ticket: offered.ticket,
    stop() {
      offered.withdraw();
      server.disconnect();
    },
  };
}
