/** Listening with Deno's own sockets. @module */
import process from "node:process";
import { node } from "./common/builtins.ts";
import type { Address, ByteSocket, SocketListener } from "./types.ts";
import { bind as bindWithNode } from "./common/bind.ts";
import { backgroundTimer } from "./common/lifecycle.ts";
import { isSocketFile, whyNotListening } from "./common/socket.ts";
import { type DenoConnection, DenoSocket } from "./deno_socket.ts";

/** What is used of a `Deno.UnixListener` or a `Deno.TcpListener`. */
interface DenoListener {
  readonly addr: { port?: number };
  accept(): Promise<DenoConnection>;
  close(): void;
  ref(): void;
  unref(): void;
}

interface DenoGlobal {
  Deno: { listen(options: { transport: "unix"; path: string } | { hostname: string; port: number; tcpBacklog?: number }): DenoListener };
}

/** How long to wait when accepting fails: no descriptors are left, and the connection that wants one is still there. In milliseconds. */
const ACCEPT_AGAIN = 100;

/** Deno removes a socket's file some turns after `close()`, also when it is another's by then: who listens there again waits for that. */
const closing = new Map<string, Promise<void>>();

/** Listens on an address, when the last listener at it has closed. Rejects with the system's error, `code` in it. */
export async function listen(address: Address, onConnection: (socket: ByteSocket) => void): Promise<SocketListener> {
  const name = nameOf(address);
  while (closing.has(name)) await closing.get(name);
  return bind(address, onConnection);
}

/**
 * Listens on an address. Throws the system's error, `code` in it.
 *
 * On Deno, children inherit a socket that `node:net` listens on (seen on 2.9.6: it lacks close-on-exec). It then stays open when this
 * program dies, and whoever connects to it, perhaps the very child that holds it, waits for ever. Deno's own is not inherited.
 */
export function bind(address: Address, onConnection: (socket: ByteSocket) => void, options: { backlog?: number } = {}): SocketListener {
  if ("path" in address && process.platform === "win32") return bindWithNode(address, onConnection, options);
  const { Deno } = globalThis as unknown as DenoGlobal;
  const name = nameOf(address);
  if (closing.has(name)) throw Object.assign(new Error(`listen EADDRINUSE: ${name} is being closed`), { code: "EADDRINUSE" });
  let listener: DenoListener;
  try {
    listener = "path" in address
      ? Deno.listen({ transport: "unix", path: address.path })
      : Deno.listen({ hostname: address.host, port: address.port, tcpBacklog: options.backlog });
  } catch (error) {
    throw whyNotListening(error, address);
  }
  const file = "path" in address && isSocketFile(address.path) ? address.path : null;
  if (file !== null) node.fs.chmodSync(file, 0o600);
  const bound = "path" in address ? address : { host: address.host, port: listener.addr.port ?? address.port };
  let closed: Promise<void> | null = null;
  const accepting = acceptAll(listener, () => closed !== null, onConnection);
  return {
    address: bound,
    close() {
      if (closed !== null) return closed;
      const boundName = nameOf(bound);
      closed = accepting.finally(() => closing.delete(boundName));
      closing.set(boundName, closed);
      // Connections live on.
      listener.close();
      if (file !== null) node.fs.rmSync(file, { force: true });
      return closed;
    },
    ref: () => void (closed === null && listener.ref()),
    unref: () => void (closed === null && listener.unref()),
  };
}

function nameOf(address: Address): string {
  return "path" in address ? address.path : `${address.host}:${address.port}`;
}

async function acceptAll(listener: DenoListener, isClosed: () => boolean, onConnection: (socket: ByteSocket) => void): Promise<void> {
  while (!isClosed()) {
    let connection: DenoConnection;
    try {
      connection = await listener.accept();
    } catch {
      // Closed, or no descriptors left: the connection is lost or late, not the program.
      if (!isClosed()) await new Promise<void>((resolve) => void backgroundTimer(ACCEPT_AGAIN, resolve));
      continue;
    }
    onConnection(new DenoSocket(connection));
  }
}
