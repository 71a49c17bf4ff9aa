/** The dictionary behind every {@linkcode DictProxy} and {@linkcode NamespaceProxy}; lives in a manager's server. @module */
import type { Call, Delivery } from "../server/served.ts";
import { Container } from "./container.ts";
import { checkKey, encodeKey, nameOfKey } from "./dict_key.ts";
import { objectOf } from "./entries.ts";
import { bytesOf, checkAllStored, checkStored, type Stored, unpack } from "./stored.ts";

type Answer<T> = T | Delivery<T> | Promise<T | Delivery<T>>;
/** A key and its value, as they are shown. */
export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** What a client's function gets. */
type DictContents = Map<unknown, unknown> | Record<string, unknown>;

interface Item {
  readonly key: Uint8Array;
  readonly value: Stored;
}

/** Stored values by encoded keys: equal keys are those of equal bytes. Keys keep the order in which they were first set. */
export class DictObject extends Container {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed: readonly string[] = [
    "get",
    "set",
    "has",
    "delete",
    "entries",
    "keys",
    "pop",
    "popItem",
    "setDefault",
    "merge",
    "clear",
    "size",
    "update",
  ];
  readonly #items = new Map<string, Item>();

  /** A value, or `null`. */
  get(_call: Call, key: unknown): Answer<Uint8Array | null> {
    return this.step(() => {
      const item = this.#items.get(nameOfKey(checkKey(key)));
      return item === undefined ? null : this.#show(item.value);
    });
  }

  /** Sets a value. */
  set(_call: Call, key: unknown, value: unknown): Answer<void> {
    const stored = checkStored(value);
    return this.step(() => this.#set(checkKey(key), stored));
  }

  /** Whether there is such a key. */
  has(_call: Call, key: unknown): Answer<boolean> {
    return this.step(() => this.#items.has(nameOfKey(checkKey(key))));
  }

  /** Takes a key out; says whether it was there. */
  delete(_call: Call, key: unknown): Answer<boolean> {
    return this.step(() => this.#delete(nameOfKey(checkKey(key))));
  }

  /** A copy of everything. */
  entries(_call: Call): Answer<Entry[]> {
    return this.step(() => {
      const items = [...this.#items.values()];
      return this.keeper.show(items.map(({ value }) => value), items.map(({ key, value }) => [key, bytesOf(value)] as const));
    });
  }

  /** The keys. */
  keys(_call: Call): Answer<Uint8Array[]> {
    return this.step(() => Array.from(this.#items.values(), ({ key }) => key));
  }

  /** Takes a key out: its value, or `null`. */
  pop(_call: Call, key: unknown): Answer<Uint8Array | null> {
    return this.step(() => this.#take(nameOfKey(checkKey(key)), (bytes) => bytes) ?? null);
  }

  /** Takes the last key out, or answers `null`. */
  popItem(_call: Call): Answer<Entry | null> {
    return this.step(() => {
      const last = [...this.#items.keys()].pop();
      if (last === undefined) return null;
      const { key } = this.#items.get(last)!;
      return this.#take(last, (bytes) => [key, bytes] as const) ?? null;
    });
  }

  /** The value of a key, which is set first where there is none. */
  setDefault(_call: Call, key: unknown, value: unknown): Answer<Uint8Array> {
    const stored = checkStored(value);
    return this.step(() => {
      const known = this.#items.get(nameOfKey(checkKey(key)));
      if (known === undefined) this.#set(checkKey(key), stored);
      return this.#show(known?.value ?? stored);
    });
  }

  /** Sets many values. */
  merge(_call: Call, keys: unknown, values: unknown): Answer<void> {
    const all = checkAllStored(values);
    if (!Array.isArray(keys) || keys.length !== all.length) throw new TypeError("Cannot update a dict: each value must have a key");
    return this.step(() => keys.forEach((key, index) => this.#set(checkKey(key), all[index]!)));
  }

  /** Takes everything out. */
  clear(_call: Call): Answer<void> {
    return this.step(() => {
      this.dispose();
      this.#items.clear();
    });
  }

  /** How many keys there are. */
  size(_call: Call): Answer<number> {
    return this.step(() => this.#items.size);
  }

  /** See {@linkcode Container.change}: the function gets a `Map`, or for a namespace (`asObject`) an object. */
  update(_call: Call, fn: unknown, asObject: unknown): Promise<Uint8Array> {
    const build = (values: unknown[]): DictContents => {
      const keys = Array.from(this.#items.values(), ({ key }) => unpack(key));
      const entries = keys.map((key, index) => [key, values[index]] as const);
      return asObject === true ? objectOf(entries as (readonly [string, unknown])[]) : new Map(entries);
    };
    return this.change(fn, () => this.contents(), build, async (contents, _result, store) => {
      const entries = contents instanceof Map ? [...contents] : Object.entries(contents);
      const keys = entries.map(([key]) => encodeKey(key));
      const values = await store(entries.map(([, value]) => value));
      values.forEach((value) => this.keeper.keep(value));
      this.dispose();
      this.#items.clear();
      // Two keys of the map may be equal: the later one counts, and the value of the other is let go.
      keys.forEach((key, index) => this.#set(key, values[index]!));
      values.forEach((value) => this.keeper.drop(value));
    });
  }

  /** For people. */
  describe(): string {
    return `<dict of ${this.#items.size}>`;
  }

  protected override contents(): Stored[] {
    return Array.from(this.#items.values(), ({ value }) => value);
  }

  #show(value: Stored): Uint8Array | Delivery<Uint8Array> {
    return this.keeper.show([value], bytesOf(value));
  }

  #set(key: Uint8Array, value: Stored): void {
    const name = nameOfKey(checkKey(key));
    const known = this.#items.get(name);
    this.keeper.keep(value);
    if (known !== undefined) this.keeper.drop(known.value);
    this.#items.set(name, { key, value });
  }

  #delete(name: string): boolean {
    const known = this.#items.get(name);
    if (known !== undefined) this.keeper.drop(known.value);
    return this.#items.delete(name);
  }

  #take<T>(name: string, shape: (bytes: Uint8Array) => T): T | Delivery<T> | undefined {
    const known = this.#items.get(name);
    if (known === undefined) return undefined;
    const answer = this.keeper.show([known.value], shape(bytesOf(known.value)));
    this.#delete(name);
    return answer;
  }
}
