/** One segment of shared memory: its name, its bytes, and who may still use them. @module */
import { hex } from "../base/hex.ts";
import { ClosedError } from "../base/errors.ts";
import type { Mapping } from "../runtime/types.ts";
import { runtime } from "../runtime/runtime.ts";

/** What is left for a name in the files that mark segments. */
const LONGEST_NAME = 240;
/** As CPython's names: short enough for every system. */
const RANDOM_BYTES = 4;

/** A segment that is mapped here. */
export class Segment {
  /** Without a slash. */
  readonly name: string;
  readonly size: number;
  readonly #mapping: Mapping;
  #isOpen = true;

  private constructor(name: string, mapping: Mapping) {
    this.name = name;
    this.size = mapping.buffer.byteLength;
    this.#mapping = mapping;
  }

  /** A new one. @throws {Error} `EEXIST`. */
  static create(name: string, size: number): Segment {
    return new Segment(name, runtime.namedMemory().create(name, size));
  }

  /** A new one under a name that nobody has: the prefix and eight digits. */
  static createNameless(prefix: string, size: number): Segment {
    for (;;) {
      const name = prefix + hex(runtime.randomBytes(RANDOM_BYTES));
      try {
        return Segment.create(name, size);
      } catch (error) {
        if ((error as { code?: unknown }).code !== "EEXIST") throw error;
      }
    }
  }

  /** One that is there. @throws {Error} `ENOENT`. */
  static attach(name: string): Segment {
    return new Segment(name, runtime.namedMemory().attach(name));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Its bytes. @throws {ClosedError} after {@linkcode Segment.close}. */
  get buffer(): ArrayBuffer {
    if (this.#isOpen) return this.#mapping.buffer;
    throw new ClosedError(`Cannot use shared memory: it is closed, received ${JSON.stringify(this.name)}`);
  }

  /** Gives up this mapping. Views that are still around show private memory from now on. */
  close(): void {
    this.#isOpen = false;
    this.#mapping.release();
  }

  /** Removes the name; the program owns it no longer. @throws {Error} `ENOENT`. */
  unlink(): void {
    runtime.namedMemory().unlink(this.name);
    runtime.namedMemory().disown(this.name);
  }

  /** Has the program unlink it at its end. @param isReported Whether to say so on stderr. */
  own(isReported: boolean): void {
    runtime.namedMemory().own(this.name, isReported);
  }
}

/** A name as the system takes it, without the slash that Python allows before it. @throws {TypeError} it is none. */
export function checkedName(name: unknown, verb: string): string {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot ${verb} shared memory: its name must be a string, received ${name === null ? "null" : typeof name}`);
  }
  const plain = name.startsWith("/") ? name.slice(1) : name;
  const isFile = plain !== "" && plain !== "." && plain !== ".." && !/[/\0]/.test(plain) && plain.isWellFormed();
  if (isFile && new TextEncoder().encode(plain).length <= LONGEST_NAME) return plain;
  throw new TypeError(
    `Cannot ${verb} shared memory: its name must be that of a file, 1 to ${LONGEST_NAME} bytes of UTF-8 without a slash or a zero, received ${
      JSON.stringify(name)
    }`,
  );
}
