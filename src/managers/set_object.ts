/** The set behind every {@linkcode SetProxy}; lives in a manager's server. @module */
import type { Call } from "../server/served.ts";
import { Container } from "./container.ts";
import { checkKey, encodeKey, nameOfKey } from "./dict_key.ts";
import { type Stored, unpack } from "./stored.ts";

/** What two sets can be combined to. */
export type Combination = "union" | "intersection" | "difference" | "symmetricDifference";

/** Encoded members, in the order in which they came. */
export class SetObject extends Container {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed: readonly string[] = ["add", "has", "delete", "pop", "clear", "size", "values", "combine", "compare", "update"];
  readonly #members = new Map<string, Uint8Array>();

  /** Adds members. */
  add(_call: Call, members: unknown): void | Promise<void> {
    const named = namesOf(members);
    return this.step(() => named.forEach((bytes, name) => this.#members.has(name) || this.#members.set(name, bytes)));
  }

  /** Whether it is a member. */
  has(_call: Call, member: unknown): boolean | Promise<boolean> {
    return this.step(() => this.#members.has(nameOfKey(checkKey(member))));
  }

  /** Takes a member out; says whether it was one. */
  delete(_call: Call, member: unknown): boolean | Promise<boolean> {
    return this.step(() => this.#members.delete(nameOfKey(checkKey(member))));
  }

  /** Takes the first member out; `null` when there is none. */
  pop(_call: Call): Uint8Array | null | Promise<Uint8Array | null> {
    return this.step(() => {
      for (const [name, bytes] of this.#members) {
        this.#members.delete(name);
        return bytes;
      }
      return null;
    });
  }

  /** Takes all members out. */
  clear(_call: Call): void | Promise<void> {
    return this.step(() => this.#members.clear());
  }

  /** How many members it has. */
  size(_call: Call): number | Promise<number> {
    return this.step(() => this.#members.size);
  }

  /** A copy of everything. */
  values(_call: Call): Uint8Array[] | Promise<Uint8Array[]> {
    return this.step(() => [...this.#members.values()]);
  }

  /** Combines it with other members; it stays as it is. */
  combine(_call: Call, how: unknown, others: unknown): Uint8Array[] | Promise<Uint8Array[]> {
    const other = namesOf(others);
    return this.step(() => {
      const mine = [...this.#members].filter(([name]) => how === "union" || other.has(name) === (how === "intersection"));
      const theirs = how === "union" || how === "symmetricDifference" ? [...other].filter(([name]) => !this.#members.has(name)) : [];
      return [...mine, ...theirs].map(([, bytes]) => bytes);
    });
  }

  /** How many of the others are members, and how many members and others there are. */
  compare(_call: Call, others: unknown): [common: number, mine: number, theirs: number] | Promise<[number, number, number]> {
    const other = namesOf(others);
    return this.step(() => {
      const common = [...other.keys()].filter((name) => this.#members.has(name)).length;
      return [common, this.#members.size, other.size];
    });
  }

  /** See {@linkcode Container.change}. */
  update(_call: Call, fn: unknown): Promise<Uint8Array> {
    const build = () => new Set(Array.from(this.#members.values(), unpack));
    return this.change(fn, () => [], build, async (contents) => {
      const named = namesOf(Array.from(contents, (member) => encodeKey(member, "member")));
      this.#members.clear();
      named.forEach((bytes, name) => this.#members.set(name, bytes));
    });
  }

  /** For people. */
  describe(): string {
    return `<set of ${this.#members.size}>`;
  }

  protected override contents(): Stored[] {
    return [];
  }
}

function namesOf(members: unknown): Map<string, Uint8Array> {
  if (!Array.isArray(members)) throw new TypeError(`Cannot use members: they must be an array, received ${typeof members}`);
  return new Map(members.map((member) => [nameOfKey(checkKey(member)), member as Uint8Array]));
}
