/** The functions that a pool has sent: each travels to a worker once, then it is named by a number. @module */
import { encodeValue } from "../reference/value.ts";

/** A function as tasks refer to it. */
export interface FunctionRecord {
  /** For messages. */
  readonly name: string;
  /** Its number; 0 until `reference` is known. */
  id: number;
  /** Its reference, encoded; `null` while it is being looked for. */
  reference: Uint8Array | null;
  /** Settles when `reference` is known; `null` when it was known at once. */
  ready: Promise<void> | null;
}

/** A function of any kind. */
export type AnyFunction = (...args: never[]) => unknown;

/** One pool's functions. */
export class FunctionTable {
  readonly #records = new WeakMap<AnyFunction, FunctionRecord>();
  /** Equal references get one number: a loop that makes the same arrow function again and again sends it once. */
  readonly #numbers = new Map<string, number>();

  /**
   * The record of a function. It reads the call stack, so call it in the turn of the user's call.
   *
   * @throws {SerializationError} when the function cannot travel: at once, or by `ready`.
   */
  find(fn: AnyFunction): FunctionRecord {
    const known = this.#records.get(fn);
    if (known !== undefined) return known;
    const record: FunctionRecord = { name: nameOf(fn), id: 0, reference: null, ready: null };
    const encoded = encodeValue(fn, "function");
    this.#records.set(fn, record);
    if (encoded instanceof Uint8Array) this.#complete(record, encoded);
    else {
      record.ready = this.#await(fn, record, encoded);
      record.ready.catch(() => {}); // For the tasks that wait for it; there may be none.
    }
    return record;
  }

  async #await(fn: AnyFunction, record: FunctionRecord, encoded: Promise<Uint8Array>): Promise<void> {
    try {
      this.#complete(record, await encoded);
    } catch (error) {
      // Another call, from another place, may find it.
      this.#records.delete(fn);
      throw error;
    }
  }

  #complete(record: FunctionRecord, reference: Uint8Array): void {
    const key = keyOf(reference);
    const id = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, id);
    record.id = id;
    record.reference = reference;
    record.ready = null;
  }
}

function nameOf(fn: AnyFunction): string {
  const name: unknown = fn.name;
  return typeof name === "string" && name !== "" ? name : "an anonymous function";
}

/** The bytes as a text that can be a key. */
function keyOf(bytes: Uint8Array): string {
  let key = "";
  for (let i = 0; i < bytes.length; i += 4096) key += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return key;
}
