/** The table of references of a message, on the writing side: functions, classes, shared buffers, what must be loaded. @module */
import type { PlainValue } from "./hooks.ts";
import {
  HAS_REFERENCES,
  REFERENCE_FUNCTION,
  REFERENCE_HANDLES,
  REFERENCE_MEMORY,
  REFERENCE_MISSING,
  REFERENCE_OPTIONAL,
  VERSION,
} from "./tags.ts";
import { Writer } from "./writer.ts";

/** Encodes a reference itself: a message without references. */
export type EncodeReference = (reference: PlainValue) => Uint8Array;

interface Entry {
  readonly target: object | string;
  readonly kind: typeof REFERENCE_FUNCTION | typeof REFERENCE_MEMORY | typeof REFERENCE_HANDLES;
  optional: boolean;
  /** The encoded reference, now or later; `null`: an optional one that failed. */
  message: Uint8Array | null | Promise<Uint8Array>;
}

/** The references of one message. */
export class ReferenceTable {
  readonly #entries: Entry[] = [];
  readonly #waits: Promise<unknown>[] = [];
  readonly #encode: EncodeReference;

  constructor(encode: EncodeReference) {
    this.#encode = encode;
  }

  /** How many there are, for `truncate`. */
  get size(): { entries: number; waits: number } {
    return { entries: this.#entries.length, waits: this.#waits.length };
  }

  /** Whether there is anything to remember of this message. */
  get isUsed(): boolean {
    return this.#entries.length > 0 || this.#waits.length > 0;
  }

  /** Whether the message must wait for something. */
  get isPending(): boolean {
    return this.#waits.length > 0 || this.#entries.some((entry) => entry.message instanceof Promise);
  }

  /**
   * The index of a function, a buffer or the name of a group; asks `refer` for its reference at the first meeting.
   *
   * @param optional The value can be read without it. One meeting that is not optional makes it needed.
   */
  index(target: Entry["target"], kind: Entry["kind"], optional: boolean, refer: () => PlainValue | Promise<PlainValue>): number {
    const known = this.#entries.findIndex((entry) => entry.target === target);
    if (known >= 0) {
      if (!optional) this.#entries[known]!.optional = false;
      return known;
    }
    const reference = refer();
    const message = isThenable(reference) ? Promise.resolve(reference).then(this.#encode) : this.#encode(reference);
    if (message instanceof Promise) ignoreRejection(message);
    return this.#entries.push({ target, kind, optional, message }) - 1;
  }

  /** The message is not complete before this has settled. */
  wait(pending: Promise<unknown>): void {
    ignoreRejection(pending);
    this.#waits.push(pending);
  }

  /** Forgets what came after. */
  truncate(size: { entries: number; waits: number }): void {
    this.#entries.length = size.entries;
    this.#waits.length = size.waits;
  }

  /** Waits for everything that is pending. Rejects with the first failure of something that is needed. */
  async settle(): Promise<void> {
    const entries = this.#entries.map(async (entry) => {
      try {
        entry.message = await entry.message;
      } catch (error) {
        if (!entry.optional) throw error;
        entry.message = null;
      }
    });
    await Promise.all([...entries, ...this.#waits]);
  }

  /** The whole message: header, table, body. Nothing may be pending. */
  assemble(flags: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
    const out = new Writer();
    out.byte(VERSION | flags | (this.#entries.length > 0 ? HAS_REFERENCES : 0));
    if (this.#entries.length === 0) {
      out.raw(body);
      return out.copy();
    }
    out.varuint(this.#entries.length);
    for (const { kind, optional, message } of this.#entries) {
      const missing = message === null;
      out.byte(kind | (optional ? REFERENCE_OPTIONAL : 0) | (missing ? REFERENCE_MISSING : 0));
      if (missing) continue;
      const bytes = message as Uint8Array;
      out.varuint(bytes.length);
      out.raw(bytes);
    }
    out.raw(body);
    return out.copy();
  }
}

/** Whether something is a promise, also one of another realm or library. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** `settle` reports the failure; when encoding fails before that, its own error is the one that counts. */
function ignoreRejection(promise: Promise<unknown>): void {
  promise.catch(() => {});
}
