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
import { runPythonServer } from "./python/running.ts";
import { typesOf } from "./python/types.ts";
import type { Registry } from "./registry.ts";
import { Segments } from "./segments.ts";
import { managedTypes } from "./served_types.ts";
import { type MakePool, ServerControl } from "./server_control.ts";

/** What a server is made with. */
export interface ServerPlan {
  /** Whom it serves: units of this library, or Python programs. */
  readonly codec: "native" | "pickle";
  readonly registry: Registry;
  readonly address: Address | null;
  readonly authkey: Uint8Array;
}

/** A server that can be reached. */
export interface RunningServer {
  readonly address: Address;
  /** How units of this library reach it; `null` for a server of Python programs. */
  readonly ticket: Ticket | null;
  /** Lets nobody in any more, and ends every client's connection. Resolves when the address is free. */
  stop(): Promise<void>;
}

/** Starts a server in this unit. @param onShutdown Called when a Python program ends it. @throws the system's error when it cannot listen. */
export async function runServer(plan: ServerPlan, makePool: MakePool, onShutdown: () => void): Promise<RunningServer> {
  if (plan.codec === "pickle") return { ticket: null, ...runPythonServer({ ...plan, types: typesOf(plan.registry), onShutdown }) };
  registerProxyHandles();
  const segments = new Segments();
  const server = new ObjectServer(managedTypes, {
    control: (server) => new ServerControl(server, plan.registry, makePool, segments),
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
    address: ticket.address,
    async stop() {
      listener.close();
      server.disconnect();
      segments.unlink();
    },
  };
}
