/** Node streams of a subprocess as web streams of bytes. @module */
import type { Readable, Writable } from "node:stream";

/** What a process writes, drained into memory from the start. `cancel()` drops what follows and lets the process go on. */
export function bytesIn(source: Readable): ReadableStream<Uint8Array> {
  let open = true;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const close = () => {
        if (open) controller.close();
        open = false;
      };
      source.on("data", (chunk: Uint8Array) => {
        if (open) controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      });
      // A broken pipe ends the output as an orderly end does: the exit code tells the rest.
      source.on("error", close);
      source.on("close", close);
      source.on("end", close);
    },
    cancel() {
      open = false;
    },
  });
}

/** The input of a process. A write settles when the system has taken it; it rejects when the process reads no more. */
export function bytesOut(sink: Writable): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    start(controller) {
      sink.on("error", (error) => controller.error(error));
    },
    write(chunk) {
      return new Promise((resolve, reject) => void sink.write(chunk, (error) => error ? reject(error) : resolve()));
    },
    close() {
      return new Promise((resolve) => void sink.end(() => resolve()));
    },
    abort() {
      sink.destroy();
    },
  });
}
