/** Listening at once: `node:net` tells of the port, or of the failure, only later. @module */
import process from "node:process";
import type { Address, ByteSocket, SocketListener } from "../types.ts";
import { node } from "./builtins.ts";
import { byteSocket, isSocketFile, socketListener } from "./socket.ts";

/** Not documented, and in every Node since 0.6: what `listen()` itself makes its sockets with. Bun does without. */
interface NetInternals {
  _createServerHandle?(address: string, port: number, addressType: number): Handle | number;
}

interface Handle {
  close(): void;
}

interface BunGlobal {
  Bun?: { listen(options: object): { stop(closeActive: boolean): void } };
}

/** Listens on an address. @throws The system's error, `code` in it. */
export function bind(address: Address, onConnection: (socket: ByteSocket) => void, options: { backlog?: number } = {}): SocketListener {
  const server = node.net.createServer({ allowHalfOpen: true }, (socket) => onConnection(byteSocket(socket)));
  // Accepting can fail later (no descriptors left); the connection is lost, not the program. A failure to listen is thrown below.
  server.on("error", () => {});
  const handle = "path" in address ? null : openHandle(address);
  // A path's handle is not for `listen()`: it would own its descriptor twice, and close it twice, when it is another file's.
  if (handle !== null) server.listen(handle, options.backlog);
  else server.listen({ ...address, backlog: options.backlog, exclusive: true });
  if (!server.listening) throw whyNot(address);
  if ("path" in address && isSocketFile(address.path)) node.fs.chmodSync(address.path, 0o600);
  return socketListener(server, address);
}

/** A handle bound to the address; `null` where the runtime has none. @throws The system's error. */
function openHandle(address: Address): Handle | null {
  const open = (node.net as NetInternals)._createServerHandle;
  if (open === undefined || process.versions.bun !== undefined) return null;
  const opened = "path" in address ? open(address.path, -1, -1) : open(address.host, address.port, node.net.isIP(address.host));
  if (typeof opened !== "number") return opened;
  throw refusal(address, node.util.getSystemErrorName(opened));
}

/** Why a server does not listen: `node:net` keeps that for later. Where a handle could be bound another one listens. */
function whyNot(address: Address): Error {
  try {
    const where = "path" in address ? { unix: address.path } : { hostname: address.host, port: address.port };
    (globalThis as BunGlobal).Bun?.listen({ ...where, socket: { data() {} } }).stop(true);
    openHandle(address)?.close();
  } catch (error) {
    return refusal(address, (error as { code?: string }).code ?? "EADDRINUSE");
  }
  return refusal(address, "EADDRINUSE");
}

function refusal(address: Address, code: string): Error {
  const where = "path" in address ? address.path : `${address.host}:${address.port}`;
  return Object.assign(new Error(`listen ${code}: ${where}`), { code });
}
