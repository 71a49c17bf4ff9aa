/** Byte streams between processes, on `node:net`, which behaves alike on the three runtimes. @module */
import type net from "node:net";
import process from "node:process";
import type { Address, ByteSocket, SocketListener } from "../types.ts";
import { node } from "./builtins.ts";
import { keepAlive } from "./lifecycle.ts";

/** A write that failed because the other side is gone; what it sent before is still to be read. */
function isPeerGone(error: NodeJS.ErrnoException): boolean {
  // Bun closes the descriptor itself then, and reports EBADF.
  return error.code === "EPIPE" || error.code === "ECONNRESET" || error.code === "ERR_SOCKET_CLOSED" ||
    (error.code === "EBADF" && error.syscall === "write");
}

type Written = (error?: NodeJS.ErrnoException | null) => void;

/** Bytes that a socket is given at once. After each part that the system took, Bun moves the rest of them: 100 MB in one piece take it two seconds. */
const PIECE = 1 << 20;

/** Makes the socket write a large chunk in pieces. */
function writeInPieces(socket: net.Socket): void {
  const write = socket._write;
  socket._write = (chunk: Uint8Array, encoding, done) => {
    const from = (start: number): void => {
      const end = start + PIECE;
      if (end >= chunk.length) return write.call(socket, chunk.subarray(start), encoding, done);
      write.call(socket, chunk.subarray(start, end), encoding, (error) => error ? done(error) : from(end));
    };
    from(0);
  };
}

/** Bytes that are read at once of what a peer sent last. */
const LAST_WORDS = 1 << 16;

/**
 * Takes what has come and was not read yet. Bun closes a socket at once when bytes that waited for a slow peer cannot be sent because that is gone, and with it
 * goes what the peer sent before (seen on 1.4.5): it tells of the failure just before, when the descriptor is still open.
 */
function readLastWords(socket: net.Socket): void {
  const descriptor = (socket as { _handle?: { fd?: number } | null })._handle?.fd;
  if (descriptor === undefined || descriptor < 0) return;
  for (;;) {
    const bytes = Buffer.alloc(LAST_WORDS);
    let length: number;
    try {
      length = node.fs.readSync(descriptor, bytes, 0, LAST_WORDS, null);
    } catch {
      return; // Nothing more is there, or the connection was reset; its end comes by itself.
    }
    if (length === 0) return;
    socket.push(bytes.subarray(0, length));
  }
}

/**
 * Makes a write to a peer that is gone end as if it had been taken, and tells. A failed write marks the whole stream as failed, which then gives neither
 * the bytes that the peer sent before it went, nor their end.
 */
function hideWriteFailures(socket: net.Socket, failed: () => void): void {
  const hiding = (done: Written): Written => (error) => {
    if (!error || !isPeerGone(error)) return done(error);
    // Any other failure may come from a descriptor that is another file's by now.
    if (process.versions.bun !== undefined && process.platform !== "win32" && error.code === "EPIPE") readLastWords(socket);
    failed();
    done(null);
  };
  const write = socket._write;
  socket._write = (chunk, encoding, done) => write.call(socket, chunk, encoding, hiding(done));
  const writev = socket._writev;
  if (writev) socket._writev = (chunks, done) => writev.call(socket, chunks, hiding(done));
}

/** Fulfils the contract's `ByteSocket` with a connected socket that was made with `allowHalfOpen`. */
export function byteSocket(socket: net.Socket): ByteSocket {
  let failure: Error | null = null;
  let writable = true;
  let peerEnded = false;
  let closed = false;
  let referenced = true;
  let paused = false;
  let release: (() => void) | null = null;

  /** A runtime lets a program end although a socket is referenced, when nobody reads from it. */
  const hold = () => {
    const wanted = referenced && paused && !closed;
    if (wanted) release ??= keepAlive();
    else {
      release?.();
      release = null;
    }
  };

  const { remoteAddress, remotePort, localAddress } = socket;
  const remote = remoteAddress === undefined ? null : { host: remoteAddress, port: remotePort ?? 0 };
  socket.setNoDelay?.(true);
  const destroy = socket.destroy;
  // The end of the peer's bytes ends a socket that cannot be written any more.
  const writingFailed = () => {
    writable = false;
    if (peerEnded) destroy.call(socket);
  };
  socket.destroy = function (error?: Error) {
    if (error === undefined || !isPeerGone(error) || peerEnded || (error as NodeJS.ErrnoException).syscall === "read") {
      return destroy.call(socket, error);
    }
    writingFailed();
    return socket;
  };
  writeInPieces(socket);
  hideWriteFailures(socket, writingFailed);
  socket.on("error", (error: Error) => {
    if (!isPeerGone(error)) failure = error;
  });
  socket.on("end", () => {
    peerEnded = true;
    if (!writable) destroy.call(socket);
  });
  socket.on("close", () => {
    closed = true;
    hold();
  });

  return {
    remote,
    isSameHost: remote === null || isSameHost(remote.host, localAddress),
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
      // A plain view: `slice` of a Buffer would share its memory, that of a Uint8Array does not.
      socket.on("data", (chunk: Buffer) => handler(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
    },
    onDrain: (handler) => void socket.on("drain", handler),
    onEnd: (handler) => void socket.on("end", handler),
    onClose: (handler) => void (closed ? queueMicrotask(() => handler(failure)) : socket.on("close", () => handler(failure))),
    pause() {
      paused = true;
      hold();
      socket.pause();
    },
    resume() {
      paused = false;
      hold();
      socket.resume();
    },
    end: () => void (writable ? socket.end() : undefined),
    destroy: () => void destroy.call(socket),
    ref() {
      referenced = true;
      hold();
      socket.ref();
    },
    unref() {
      referenced = false;
      hold();
      socket.unref();
    },
  };
}

/** Connects to an address. Rejects with the system's error, `code` in it, or with the signal's reason. */
export function connect(address: Address, signal?: AbortSignal | null): Promise<ByteSocket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const socket = node.net.connect({ ...address, allowHalfOpen: true });
    const giveUp = () => {
      socket.destroy();
      reject(signal!.reason);
    };
    const fail = (error: Error) => {
      signal?.removeEventListener("abort", giveUp);
      reject(error);
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    socket.once("error", fail);
    socket.once("connect", () => {
      signal?.removeEventListener("abort", giveUp);
      socket.off("error", fail);
      resolve(byteSocket(socket));
    });
  });
}

/** Whether an address of the other side is one of this host. */
export function isSameHost(remote: string, local: string | undefined): boolean {
  return remote === local || remote === "::1" || remote.startsWith("127.") || remote.startsWith("::ffff:127.");
}

/** Whether a path is that of a file: neither an abstract name nor a Windows pipe. */
export function isSocketFile(path: string): boolean {
  return !path.startsWith("\0") && !path.startsWith("\\\\");
}

/** Removes the file of a socket, if there is one. */
export function removeSocketFile(address: Address): void {
  if (!("path" in address) || !isSocketFile(address.path)) return;
  if (node.fs.lstatSync(address.path, { throwIfNoEntry: false })?.isSocket()) node.fs.rmSync(address.path, { force: true });
}

/** Why listening failed, `code` in it: Deno and Bun give none for a host that nobody knows. */
export function whyNotListening(error: unknown, address: Address): unknown {
  const { name, code } = error as NodeJS.ErrnoException;
  // What is refused for another reason has a class or a code.
  if (name !== "Error" || code !== undefined || !("host" in address) || node.net.isIP(address.host) !== 0) return error;
  return Object.assign(error as Error, { code: "ENOTFOUND" });
}

/** Listens on an address. Rejects with the system's error, `code` in it. */
export function listen(address: Address, onConnection: (socket: ByteSocket) => void): Promise<SocketListener> {
  const server = node.net.createServer({ allowHalfOpen: true }, (socket) => onConnection(byteSocket(socket)));
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(whyNotListening(error, address));
    server.once("error", refuse);
    server.listen(address, () => {
      server.off("error", refuse);
      // Accepting can fail later (no descriptors left); the connection is lost, not the program.
      server.on("error", () => {});
      if ("path" in address && isSocketFile(address.path)) node.fs.chmodSync(address.path, 0o600);
      resolve(socketListener(server, address));
    });
  });
}

/** The listener of a server that listens. */
export function socketListener(server: net.Server, address: Address): SocketListener {
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
      if ("path" in address && isSocketFile(address.path)) node.fs.rmSync(address.path, { force: true });
      return Promise.resolve();
    },
    ref: () => void server.ref(),
    unref: () => void server.unref(),
  };
}
