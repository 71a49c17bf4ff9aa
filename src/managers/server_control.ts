/** The control object of a manager's server: makes objects of registered types. @module */
import { hex } from "../base/hex.ts";
import { RemoteError } from "../base/errors.ts";
import type { ShareableItem } from "../memory/shareable_list.ts";
import { runAsTarget } from "../reference/importing.ts";
import { decodeValue, encodeValue } from "../reference/value.ts";
import { runtime } from "../runtime/runtime.ts";
import { ControlObject } from "../server/control_object.ts";
import { ServedRef } from "../server/handle.ts";
import type { ObjectServer } from "../server/object_server.ts";
import type { Call } from "../server/served.ts";
import { AutoProxy } from "./auto_proxy.ts";
import { BaseProxy, type Target } from "./base_proxy.ts";
import { INSTANCE, InstanceObject } from "./instance_object.ts";
import { IteratorProxy, ServedIterator } from "./iterator_proxy.ts";
import { ownLink } from "./own_link.ts";
import { PoolProxy } from "./pool_proxy.ts";
import { makeWith, publicMethods, type Registration, type Registry } from "./registry.ts";
import type { Segments } from "./segments.ts";
import { bytesOf, checkStored } from "./stored.ts";
import { syncTypes } from "./sync_types.ts";

/** Makes a pool for a manager, whose workers are started as the manager was. */
export type MakePool = (options: unknown) => object & { terminate(): Promise<void> };

/** Makes what clients ask for. */
export class ServerControl extends ControlObject {
  /** See {@linkcode ServedClass.exposed}. */
  static override readonly exposed: readonly string[] = [...ControlObject.exposed, "create", "typeids", "createMemory", "createList"];
  readonly #server: ObjectServer;
  readonly #registry: Registry;
  readonly #segments: Segments;
  /** Objects that are served already, by their types: one that a factory gives twice is one object. */
  readonly #ids = new WeakMap<object, Map<string, string>>();

  /** @param server Where the objects live. @param registry What users registered. @param makePool Makes pools. @param segments Its shared memory. */
  constructor(server: ObjectServer, registry: Registry, makePool: MakePool, segments: Segments) {
    super(server);
    this.#server = server;
    this.#segments = segments;
    this.#registry = new Map([
      ["Iterator", { factory: ServedIterator, exposed: ["next", "return"], proxytype: IteratorProxy, methodToTypeid: null }],
      ["Pool", {
        factory: makePool,
        exposed: ["apply", "map", "starmap", "imap", "imapUnordered", "close", "terminate", "join"],
        proxytype: PoolProxy,
        methodToTypeid: { imap: "Iterator", imapUnordered: "Iterator" },
      }],
      ...registry,
    ]);
  }

  /** The names of the types. */
  typeids(_call: Call): string[] {
    return [...this.#registry.keys()];
  }

  /** Makes an object of a type, and answers its proxy, encoded. */
  async create(_call: Call, typeid: unknown, stored: unknown): Promise<Uint8Array> {
    const args = await decodeValue(bytesOf(checkStored(stored))) as unknown[];
    return await this.#proxyOf(String(typeid), args);
  }

  /** Sets shared memory aside, and answers its name. */
  createMemory(_call: Call, size: unknown): string {
    return this.#segments.create(size as number);
  }

  /** Makes a `ShareableList`, and answers its name. */
  createList(_call: Call, items: unknown): string {
    return this.#segments.createList(items as ShareableItem[]);
  }

  async #proxyOf(typeid: string, args: readonly unknown[]): Promise<Uint8Array> {
    const registration = this.#registry.get(typeid);
    if (registration !== undefined) return await this.#instanceProxy(typeid, registration, args);
    const make = Object.hasOwn(syncTypes, typeid) ? syncTypes[typeid]! : null;
    if (make === null) {
      throw new RemoteError(`Cannot make an object: this manager serves no type ${typeid}, but ${[...this.#registry.keys()].join(", ")}`);
    }
    const proxy = await make(ownLink(this.#server.parcels), ...args as never[]);
    const bytes = await encodeValue(proxy, typeid);
    if (proxy instanceof BaseProxy) proxy.close();
    return bytes;
  }

  async #instanceProxy(typeid: string, registration: Registration, args: readonly unknown[]): Promise<Uint8Array> {
    const [made] = await runAsTarget(() => makeWith(registration, args));
    if (made === null || (typeof made !== "object" && typeof made !== "function")) {
      throw new RemoteError(`Cannot make a ${typeid}: its factory must return an object, received ${made === null ? "null" : typeof made}`);
    }
    const exposed = registration.exposed ?? publicMethods(made);
    const ref = this.#serve(typeid, registration, made, exposed);
    const target: Target = { ref, typeid, exposed };
    const proxy = new (registration.proxytype ?? AutoProxy)(target);
    try {
      return await encodeValue(proxy, typeid);
    } finally {
      ref.release();
    }
  }

  #serve(typeid: string, registration: Registration, object: object, exposed: readonly string[]): ServedRef {
    const parcel = name();
    const ids = this.#ids.get(object) ?? new Map<string, string>();
    this.#ids.set(object, ids);
    let id = ids.get(typeid);
    if (id !== undefined && this.#server.lookUp(id, INSTANCE) !== null) this.#server.post(id, parcel);
    else {
      id = name();
      ids.set(typeid, id);
      const { methodToTypeid } = registration;
      const wrap = (method: string) => {
        const result = methodToTypeid !== null && Object.hasOwn(methodToTypeid, method) ? methodToTypeid[method]! : null;
        return result === null ? null : (value: unknown) => this.#proxyOf(result, [value]);
      };
      const onDispose = typeid === "Pool" ? () => void (object as ReturnType<MakePool>).terminate() : undefined;
      this.#server.adopt(id, INSTANCE, new InstanceObject(object, { typeid, exposed, wrap, onDispose }), InstanceObject.exposed, parcel);
    }
    return ServedRef.find(ownLink(this.#server.parcels), id, INSTANCE, parcel);
  }
}

function name(): string {
  return hex(runtime.randomBytes(16));
}
