/** Output that has arrived when the call returns. @module */
import process from "node:process";
import type { Writable } from "node:stream";
import { node } from "./builtins.ts";

type WriteCallback = (error?: Error | null) => void;

const STDOUT = 1;
const STDERR = 2;
const pause = new Int32Array(new SharedArrayBuffer(4));
const gone = new Set<number>();

/** Writes every byte; what nobody reads any more is dropped, as Python's flush at exit does. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  let offset = 0;
  while (offset < bytes.length && !gone.has(fd)) {
    try {
      offset += node.fs.writeSync(fd, bytes, offset, bytes.length - offset);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // The pipe is full and shared with a process that made it non-blocking. There is no event that a synchronous
      // write could wait for, so it sleeps a millisecond, as long as the reader needs.
      if (code === "EAGAIN") Atomics.wait(pause, 0, 0, 1);
      else if (code === "EPIPE" || code === "EBADF" || code === "EIO") gone.add(fd);
      else throw error;
    }
  }
}

/** Writes to stderr at once. */
export function writeError(text: string): void {
  writeFully(STDERR, Buffer.from(text));
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array {
  if (typeof chunk === "string") return Buffer.from(chunk, typeof encoding === "string" ? encoding as BufferEncoding : "utf8");
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError(`Cannot write a chunk: it must be a string or bytes, received ${typeof chunk}`);
}

/** Replaces what a stream does with its chunks, on the stream itself: everything that holds it goes through here. */
function writeThrough(stream: Writable, fd: number): void {
  const write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    writeFully(fd, bytesOf(chunk, encoding));
    const done = (typeof encoding === "function" ? encoding : callback) as WriteCallback | undefined;
    if (typeof done === "function") queueMicrotask(() => done(null));
    return true;
  };
  stream.write = write as Writable["write"];
  // `end(chunk)` and `pipe` internals come in here.
  stream._write = (chunk, encoding, callback) => {
    write(chunk, encoding);
    callback();
  };
  stream._writev = (chunks, callback) => {
    for (const { chunk, encoding } of chunks) write(chunk, encoding);
    callback();
  };
}

/** Makes the global console write through the streams, where the runtime's own sends its lines elsewhere. */
function rebuildConsole(): void {
  const streams = new node.console.Console({ stdout: process.stdout, stderr: process.stderr, ignoreErrors: false });
  const target = console as unknown as Record<string, unknown>;
  for (const [name, method] of Object.entries(streams)) {
    if (typeof method === "function") target[name] = method;
  }
}

/** Makes every write to stdout and stderr arrive before the next line runs; `ownConsole`: the console does not write to the streams. */
export function makeStdioSynchronous(ownConsole: boolean): void {
  writeThrough(process.stdout, STDOUT);
  writeThrough(process.stderr, STDERR);
  if (ownConsole) rebuildConsole();
}
