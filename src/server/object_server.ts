/** The object server: hosts served objects by id, for any number of clients. @module */
import type { Channel } from "../connection/channel.ts";
import type { Call, ServedClass, ServedTypes } from "./served.ts";
import { type Hosted, Session } from "./session.ts";

/** Hosts objects. Each is made by the first message that names it, whichever client sends it. */
export class ObjectServer {
  readonly #types: ReadonlyMap<string, ServedClass>;
  readonly #objects = new Map<string, Hosted & { type: string }>();

  /** @param types What can be hosted. */
  constructor(types: ServedTypes) {
    this.#types = new Map(Object.entries(types));
  }

  /** How many objects it hosts. */
  get size(): number {
    return this.#objects.size;
  }

  /** Serves a client until its channel ends. */
  accept(channel: Channel): void {
    new Session(channel, (id, type, params) => this.#find(id, type, params));
  }

  #find(id: string, type: string, params: unknown): Hosted {
    const known = this.#objects.get(id);
    if (known !== undefined) {
      if (known.type !== type) throw new TypeError(`Cannot use object ${id}: it is a ${known.type}, received ${type}`);
      return known;
    }
    const served = this.#types.get(type);
    if (served === undefined) throw new TypeError(`Cannot make an object: there is no type ${type}`);
    const object = new served(params);
    object.moveIn?.((id, type, params) => this.#find(id, type, params).object);
    const hosted = { type, object, methods: methodsOf(object, served.exposed) };
    this.#objects.set(id, hosted);
    return hosted;
  }
}

function methodsOf(object: object, exposed: readonly string[]): Hosted["methods"] {
  const table = object as Record<string, (call: Call, ...args: readonly unknown[]) => unknown>;
  return new Map(exposed.map((name) => [name, table[name]!]));
}
