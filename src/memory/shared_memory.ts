/** The public `SharedMemory`. @module */
import { SerializationError } from "../base/errors.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { registerHandle } from "../wire/handles.ts";
import { checkedName, Segment } from "./segment.ts";

/** What `new SharedMemory()` takes. */
export interface SharedMemoryOptions {
  /** The name of the segment, the same for every process of the machine; a slash before it does not count. Default, with `create` only: `psm_` and eight digits. */
  name?: string | null;
  /** Makes a new segment. Default: attaches one that is there. */
  create?: boolean;
  /** Bytes; at least 1. With `create` only: an attached segment has its own size. */
  size?: number;
  /** With `create` only: the segment goes at the end of the program that made it. Default `true`. */
  track?: boolean;
}

const PREFIX = "psm_";

/**
 * A block of memory that processes share under a name: real memory, on which typed arrays and `Atomics` work, between Deno, Bun, Node and CPython.
 *
 * - **Name**: Python's `SharedMemory(name)` attaches it, and the other way round. Whoever may read and write is the user who made it (mode 0600).
 * - **Travels** by its name, in `args`, queues and messages: what arrives is attached to the same memory.
 * - **close()** ends the use of this object. Views that the program has kept are cut off then: they show private memory, zero at first, and what is written to
 *   them is lost. They never end the process, as a use of unmapped memory would. The same happens when the last view has been collected.
 * - **unlink()** removes the name, once; those who have the memory attached keep it.
 * - **Owner**: the program (all processes of one tree) that made it. When the last process of it ends, even by SIGKILL, a segment that was not unlinked is
 *   unlinked, and a line on stderr says so. Attaching never makes an owner, and `track: false` no one. (On macOS a killed program leaves its segments.)
 * - **Order**: nothing is locked. Use `Atomics` on an integer array over `buf.buffer`, or a `Lock`.
 * - **Needs** native calls: on Deno the permission `--allow-ffi`, on Node the package `koffi` (`npm install koffi`), on Bun nothing. Not on Windows.
 *
 * *Differs from Python*: `buf` is a `Uint8Array` and throws after `close()`; `close()` does not refuse while views exist; a process that only attached a segment
 * never destroys it (Python before 3.13 does, at its end, to ours too, unless told not to); the memory is set aside at once, so that a full system
 * is an error here (`ENOSPC`) and not the end of the process later.
 *
 * @example
 * ```ts
 * import { SharedMemory } from "@fenshen/multiprocessing/shared_memory";
 * import assert from "node:assert/strict";
 *
 * const memory = new SharedMemory({ create: true, size: 64 });
 * const other = new SharedMemory({ name: memory.name });
 * new Int32Array(memory.buf.buffer)[3] = 42;
 * assert.equal(new Int32Array(other.buf.buffer)[3], 42);
 * other.close();
 * memory.close();
 * memory.unlink();
 * ```
 *
 * Python: `multiprocessing/shared_memory.py`, `SharedMemory`.
 */
export class SharedMemory {
  readonly #segment: Segment;
  #bytes: Uint8Array | null = null;

  /**
   * Makes a segment, or attaches one.
   *
   * @param options A `name`, or `create: true` and a `size`.
   * @throws {TypeError} a bad option. @throws {RangeError} a size below 1. @throws {ProcessError} when this program cannot map memory; the message says what is
   * missing. An `Error` with `code`: `"EEXIST"` (create), `"ENOENT"` (attach), `"ENOSPC"` (no memory), `"EACCES"` (another user's).
   */
  constructor(options: SharedMemoryOptions) {
    registerSharedMemory();
    this.#segment = open(options);
  }

  /** Its name, without a slash. */
  get name(): string {
    return this.#segment.name;
  }

  /** Its size in bytes; some systems round it up to a page. Also after `close()`. */
  get size(): number {
    return this.#segment.size;
  }

  /** Whether `close()` has not been called. */
  get isOpen(): boolean {
    return this.#segment.isOpen;
  }

  /** The memory. For other types: `new Int32Array(memory.buf.buffer)`. @throws {ClosedError} after `close()`. */
  get buf(): Uint8Array<ArrayBuffer> {
    const { buffer } = this.#segment;
    return (this.#bytes ??= new Uint8Array(buffer)) as Uint8Array<ArrayBuffer>;
  }

  /** Ends the use of this object; the segment stays. Calling it again does nothing. */
  close(): void {
    this.#bytes = null;
    this.#segment.close();
  }

  /** Removes the segment's name: nobody can attach it any more. Works before and after `close()`. @throws {Error} `ENOENT`: it has been removed. */
  unlink(): void {
    this.#segment.unlink();
  }

  /** As {@linkcode SharedMemory.close}. */
  [Symbol.dispose](): void {
    this.close();
  }
  /** The same. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** `SharedMemory('psm_12ab34cd', size=64)`. */
  [inspectNode](): string {
    return `SharedMemory('${this.name}', size=${this.size})`;
  }

  /** As for Node. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }
}

function open(options: SharedMemoryOptions): Segment {
  if (options === null || typeof options !== "object") {
    throw new TypeError(
      `Cannot make shared memory: options must be an object, received ${
        options === null ? "null" : typeof options
      }\n\n    new SharedMemory({ create: true, size: 1024 })`,
    );
  }
  const { name, create = false, size, track = true } = options;
  if (!create) {
    if (name !== undefined && name !== null) return Segment.attach(checkedName(name, "attach"));
    throw new TypeError(
      "Cannot attach shared memory: it takes a name, received none\n\n    new SharedMemory({ create: true, size: 1024 })",
    );
  }
  const bytes = checkedSize(size);
  const segment = name === undefined || name === null
    ? Segment.createNameless(PREFIX, bytes)
    : Segment.create(checkedName(name, "create"), bytes);
  if (track) segment.own(true);
  return segment;
}

/** Checks a number of bytes. @throws {TypeError} or {@linkcode RangeError} */
export function checkedSize(size: unknown): number {
  if (typeof size === "number" && Number.isSafeInteger(size) && size > 0) return size;
  const wrong = typeof size === "number" ? RangeError : TypeError;
  const received = typeof size === "number" ? size : size === undefined ? "none" : typeof size;
  throw new wrong(`Cannot create shared memory: size must be a number of bytes from 1 on, received ${received}`);
}

let registered = false;

/** Lets shared memory travel. */
export function registerSharedMemory(): void {
  if (registered) return;
  registered = true;
  registerHandle({
    type: "SharedMemory",
    class: SharedMemory as unknown as abstract new (...args: never[]) => SharedMemory,
    reduce: (memory) => memory.name,
    revive: (name) => {
      if (typeof name !== "string") throw new SerializationError("Cannot revive a SharedMemory: its state is no name");
      return new SharedMemory({ name });
    },
  });
}
