/** The object server: hosts served objects by id, for any number of clients. @module */
import { RemoteError } from "../base/errors.ts";
import type { Channel } from "../connection/channel.ts";
import { CONTROL_ID, CONTROL_TYPE, type Controlled } from "./control_object.ts";
import { type Counted, Parcels } from "./parcels.ts";
import type { Call, ServedClass, ServedObject, ServedTypes } from "./served.ts";
import { type Hosted, Session } from "./session.ts";

/** How an {@linkcode ObjectServer} works. */
export interface ObjectServerOptions {
  /** Makes the object that clients talk to about the server itself. With it the server counts references, and forgets what nobody refers to. */
  control?: (server: ObjectServer) => ServedObject;
  /** What clients may call of it. */
  controlMethods?: readonly string[];
}

/** Hosts objects. Each is made by the first message that names it, whichever client sends it. */
export class ObjectServer implements Controlled {
  readonly #types: ReadonlyMap<string, ServedClass>;
  readonly #objects = new Map<string, Hosted>();
  readonly #sessions = new Set<Session>();
  /** `null` when it does not count: then nothing is ever forgotten. */
  readonly #control: Hosted | null = null;
  /** References under way and in values. */
  readonly parcels = new Parcels((object) => this.release(object));

  /** @param types What can be hosted. @param options See there. */
  constructor(types: ServedTypes, options: ObjectServerOptions = {}) {
    this.#types = new Map(Object.entries(types));
    if (options.control === undefined) return;
    this.#control = this.#hosted(CONTROL_ID, CONTROL_TYPE, options.control(this), options.controlMethods ?? []);
  }

  /** How many objects it hosts. */
  get size(): number {
    return this.#objects.size;
  }

  /** Serves a client until its channel ends. */
  accept(channel: Channel): void {
    const session = new Session(channel, this);
    this.#sessions.add(session);
    channel.closed.then(() => this.#sessions.delete(session));
  }

  /** Ends every client's channel. */
  disconnect(): void {
    for (const session of this.#sessions) session.disconnect();
  }

  /** The object of an id; made now if it does not exist. @throws when it is of another type, or cannot be made. */
  find(id: string, type: string, params: unknown): Hosted {
    const known = this.lookUp(id, type);
    if (known !== null) return known;
    const served = this.#types.get(type);
    if (served === undefined) throw new TypeError(`Cannot make an object: there is no type ${type}`);
    return this.#host(id, type, new served(params), served.exposed);
  }

  /** The object of an id, or `null`. @throws {TypeError} when it is of another type. */
  lookUp(id: string, type: string): Hosted | null {
    const known = id === CONTROL_ID && this.#control !== null ? this.#control : this.#objects.get(id);
    if (known === undefined) return null;
    if (known.type !== type) throw new TypeError(`Cannot use object ${id}: it is a ${known.type}, received ${type}`);
    return known;
  }

  /** Hosts an object that was made elsewhere; the parcel keeps it until somebody refers to it. */
  adopt(id: string, type: string, object: ServedObject, exposed: readonly string[], parcel: string): void {
    this.parcels.post(parcel, this.#host(id, type, object, exposed));
  }

  /** See {@linkcode Parcels.post}. @throws {RemoteError} when there is no such object any more. */
  post(id: string, parcel: string): void {
    const hosted = this.#objects.get(id);
    if (hosted === undefined) throw new RemoteError(`Cannot send a reference to object ${id.slice(0, 8)}: the object is gone`);
    this.parcels.post(parcel, hosted);
  }

  /** One reference less. Without any the object is forgotten. */
  release(counted: Counted): void {
    const hosted = counted as Hosted;
    if (--hosted.references > 0 || this.#control === null || hosted === this.#control) return;
    this.#objects.delete(hosted.id);
    for (const session of this.#sessions) session.forget(hosted);
    hosted.object.dispose?.();
  }

  /** A line on every object, and one on what it is. */
  debugInfo(): string {
    const lines = [...this.#objects.values()].map(({ id, type, references, object }) =>
      `  ${id.slice(0, 8)}:       refcount=${references}\n    ${(object.describe?.() ?? `<${type}>`).slice(0, 75)}`
    );
    return lines.sort().join("\n");
  }

  #host(id: string, type: string, object: ServedObject, exposed: readonly string[]): Hosted {
    object.moveIn?.((id, type, params) => this.find(id, type, params).object, this.parcels);
    const hosted = this.#hosted(id, type, object, exposed);
    this.#objects.set(id, hosted);
    return hosted;
  }

  #hosted(id: string, type: string, object: ServedObject, exposed: readonly string[]): Hosted {
    return { id, type, object, methods: methodsOf(object, exposed), references: 0 };
  }
}

function methodsOf(object: object, exposed: readonly string[]): Hosted["methods"] {
  const table = object as Record<string, (call: Call, ...args: readonly unknown[]) => unknown>;
  return new Map(exposed.map((name) => [name, table[name]!]));
}
