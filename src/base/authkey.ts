/** Keys that refuse to travel. @module */
import { SerializationError } from "./errors.ts";
import { inspectDeno, inspectNode } from "./inspect.ts";

/** A key of a program, as Python's `AuthenticationString`: bytes which no message carries and no console shows. A child inherits it by other means. */
export class AuthenticationString extends Uint8Array {
  /** Always throws. */
  toJSON(): never {
    throw new SerializationError("Cannot serialise an authkey: it is secret");
  }

  /** What a console shows. */
  [inspectNode](): string {
    return `<authkey of ${this.length} bytes>`;
  }
  /** The same for Deno. */
  [inspectDeno](): string {
    return this[inspectNode]();
  }
}
