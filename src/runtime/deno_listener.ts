/** Listening with Deno's own sockets. @module */
import fs from "node:fs";
import process from "node:process";
import type { Address, ByteSocket, SocketListener } from "./types.ts";
import { backgroundTimer } from "./common/lifecycle.ts";
import { listen as listenWithNode } from "./common/socket.ts";
import { type DenoConnection, DenoSocket } from "./deno_socket.ts";

/** What is used of a `Deno.UnixListener`. */
interface DenoListener {
  accept(): Promise<DenoConnection>;
  close(): void;
  ref(): void;
  unref(): void;
}

interface DenoGlobal {
  Deno: { listen(options: { transport: "unix"; path: string }): DenoListener };
}

/** How long to wait when accepting fails: no descriptors are left, and the connection that wants one is still there. In milliseconds. */
const ACCEPT_AGAIN = 100;

/** Deno removes a socket's file some turns after `close()`, also when it is another's by then: who listens there again waits for that. */
const closing = new Map<string, Promise<void>>();

/**
 * Listens on an address. Rejects with the system's error, `code` in it.
 *
 * On Deno, children inherit a socket file's socket that `node:net` listens on (seen on 2.9.6: it lacks close-on-exec). It then stays open when this
 * program dies, and whoever connects to it, perhaps the very child that holds it, waits for ever. Deno's own is not inherited.
 */
export async function listen(address: Address, onConnection: (socket: ByteSocket) => void): Promise<SocketListener> {
  if (!("path" in address) || process.platform === "win32") return await listenWithNode(address, onConnection);
  const { Deno } = globalThis as unknown as DenoGlobal;
  const { path } = address;
  while (closing.has(path)) await closing.get(path);
  const listener = Deno.listen({ transport: "unix", path });
  let closed = false;
  const accepting = acceptAll(listener, () => closed, onConnection);
  return {
    address,
    close() {
      if (closed) return Promise.resolve();
      closed = true;
      // Connections live on.
      listener.close();
      fs.rmSync(path, { force: true });
      closing.set(path, accepting.finally(() => closing.delete(path)));
      return Promise.resolve();
    },
    ref: () => void (closed || listener.ref()),
    unref: () => void (closed || listener.unref()),
  };
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
