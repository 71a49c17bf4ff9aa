/** Byte streams between processes, on `node:net`, which behaves alike on the three runtimes. @module */
import fs from "node:fs";
import net from "node:net";
import type { Address, ByteSocket, SocketListener } from "../types.ts";

/** A write that failed because the other side is gone; what it sent before is still to be read. */
function isPeerGone(error: NodeJS.ErrnoException): boolean {
  // Bun closes the descriptor itself then, and reports EBADF.
  return error.code === "EPIPE" || error.code === "ECONNRESET" || (error.code === "EBADF" && error.syscall === "write");
}

/** After so many turns of the event loop without a byte, nothing of a dead peer is left to read. */
const IDLE_TURNS = 1000;

/** Fulfils the contract's `ByteSocket` with a connected socket that was made with `allowHalfOpen`. */
export function byteSocket(socket: net.Socket): ByteSocket {
  let failure: Error | null = null;
  let writable = true;
  let peerEnded = false;
  let closed = false;
  let reading = false;
  let idleTurns = 0;

  socket.setNoDelay?.(true);
  // A failed write destroys a stream, and with it bytes that the peer sent before it went and that nobody has read yet.
  // So such a failure only ends the writing side; the end of the peer's bytes then ends the socket.
  const destroy = socket.destroy;
  socket.destroy = function (error?: Error) {
    if (error === undefined || !isPeerGone(error) || peerEnded || (error as NodeJS.ErrnoException).syscall === "read") {
      return destroy.call(socket, error);
    }
    // A Duplex notes the failure on its reading side as well, which then hands out nothing more.
    const { _readableState: readable } = socket as unknown as { _readableState?: { errored: Error | null } };
    if (readable) readable.errored = null;
    if (writable) readRest();
    writable = false;
    return socket;
  };
  /** Bun may tell nothing more after a failed write: reading is started anew each turn, and ends when nothing comes. */
  const readRest = () => {
    setImmediate(() => {
      if (closed || !reading || socket.isPaused()) return; // `resume()` goes on.
      if (idleTurns++ === IDLE_TURNS) return void destroy.call(socket);
      socket.pause();
      socket.resume();
      readRest();
    });
  };
  socket.on("error", (error: Error) => {
    if (!isPeerGone(error)) failure = error;
  });
  socket.on("end", () => {
    peerEnded = true;
    if (!writable) destroy.call(socket);
  });
  socket.on("close", () => closed = true);

  return {
    write(bytes, taken) {
      if (!writable || socket.destroyed || socket.writableEnded) {
        if (taken) queueMicrotask(taken);
        return true;
      }
      return socket.write(bytes, taken && (() => taken()));
    },
    together(send) {
      socket.cork();
      send();
      socket.uncork();
    },
    onData(handler) {
      reading = true;
      socket.on("data", (chunk: Buffer) => {
        idleTurns = 0;
        // A plain view: `slice` of a Buffer would share its memory, that of a Uint8Array does not.
        handler(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      });
      if (!writable) readRest();
    },
    onDrain: (handler) => void socket.on("drain", handler),
    onEnd: (handler) => void socket.on("end", handler),
    onClose: (handler) => void (closed ? queueMicrotask(() => handler(failure)) : socket.on("close", () => handler(failure))),
    pause: () => void socket.pause(),
    resume() {
      socket.resume();
      if (!writable) readRest();
    },
    end: () => void (writable ? socket.end() : undefined),
    destroy: () => void destroy.call(socket),
    ref: () => void socket.ref(),
    unref: () => void socket.unref(),
  };
}

/** Connects to an address. Rejects with the system's error, `code` in it. */
export function connect(address: Address): Promise<ByteSocket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ ...address, allowHalfOpen: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(byteSocket(socket));
    });
  });
}

/** Listens on an address. Rejects with the system's error, `code` in it. */
export function listen(address: Address, onConnection: (socket: ByteSocket) => void): Promise<SocketListener> {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => onConnection(byteSocket(socket)));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      // Accepting can fail later (no descriptors left); the connection is lost, not the program.
      server.on("error", () => {});
      resolve(socketListener(server, address));
    });
  });
}

function socketListener(server: net.Server, address: Address): SocketListener {
  const bound = server.address();
  const port = bound !== null && typeof bound === "object" ? bound.port : 0;
  let closed = false;
  return {
    address: "path" in address ? address : { host: address.host, port },
    close() {
      if (closed) return Promise.resolve();
      closed = true;
      // Connections live on, so the server's own "close" event, which waits for them, is not waited for.
      server.close();
      if ("path" in address && !address.path.startsWith("\\\\")) fs.rmSync(address.path, { force: true });
      return Promise.resolve();
    },
    ref: () => void server.ref(),
    unref: () => void server.unref(),
  };
}
