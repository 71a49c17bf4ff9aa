/** The value behind every {@linkcode ValueProxy}; lives in a manager's server. @module */
import type { Call, Delivery } from "../server/served.ts";
import { Container } from "./container.ts";
import { bytesOf, checkStored, type Stored } from "./stored.ts";

/** One stored value. */
export class ValueObject extends Container {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed: readonly string[] = ["get", "set", "update"];
  protected override readonly answersContents = true;
  #value: Stored | null = null;

  /** The value. */
  get(_call: Call): Uint8Array | Delivery<Uint8Array> | null | Promise<Uint8Array | Delivery<Uint8Array> | null> {
    return this.step(() => this.#value === null ? null : this.keeper.show([this.#value], bytesOf(this.#value)));
  }

  /** Replaces it. */
  set(_call: Call, value: unknown): void | Promise<void> {
    const stored = checkStored(value);
    return this.step(() => this.#set(stored));
  }

  /** See {@linkcode Container.change}: what the function returns is the new value. */
  update(_call: Call, fn: unknown): Promise<Uint8Array> {
    return this.change(fn, () => this.contents(), ([value]) => value, async (_value, result, store) => {
      const [stored] = await store([result]);
      this.#set(stored!);
    });
  }

  /** For people. */
  describe(): string {
    return "<value>";
  }

  protected override contents(): Stored[] {
    return this.#value === null ? [] : [this.#value];
  }

  #set(stored: Stored): void {
    this.keeper.keep(stored);
    this.dispose();
    this.#value = stored;
  }
}
