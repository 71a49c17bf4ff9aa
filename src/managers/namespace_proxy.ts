/** The public `NamespaceProxy`. @module */
import { ask, BaseProxy, callObject, changeBy, gather, type ProxyTarget, standForProxy } from "./base_proxy.ts";
import { encodeKey } from "./dict_key.ts";
import type { Entry } from "./dict_object.ts";
import { objectOf } from "./entries.ts";
import { pack, unpack, unpackAll } from "./stored.ts";

/**
 * A namespace in a manager, made by `await manager.Namespace({ name: "Bob" })`: values by name.
 *
 * - `await ns.name` reads an attribute, `ns.name = value` sets it: later calls of this unit see it. To know when it is set, or to see it fail, use
 *   `await ns.set("name", value)`.
 * - Names that begin with `_` stay on the proxy, as in Python. The names of methods (`get`, `set`, `delete`, `update`, `getValue`, `close`, `token`,
 *   `callMethod`) and `then` mean those; attributes of such names are reached by `get` and `set`.
 * - An attribute that is not there is `undefined`; Python throws.
 *
 * @typeParam T What it holds.
 *
 * Python: `multiprocessing/managers.py`, `NamespaceProxy`.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * if (mp.isMain(import.meta)) {
 *   await using manager = await mp.Manager();
 *   const ns = await manager.Namespace({ x: 10 });
 *   ns.y = "hello";
 *   assert.equal(await ns.y, "hello");
 *   await ns.update((all) => void (all.x += 1));
 *   assert.deepEqual(await ns.getValue(), { x: 11, y: "hello" });
 * }
 * ```
 */
export class NamespaceProxy<T extends object = Record<string, unknown>> extends BaseProxy {
  /** Made by a manager. @param target See {@linkcode BaseProxy}. */
  constructor(target: ProxyTarget) {
    super(target);
    // The attributes are behind traps.
    return shownAs(this);
  }

  /** An attribute; `undefined` when it is not there. @param name Its name. */
  get<K extends keyof T>(name: K): Promise<T[K]> {
    return callObject<T[K], Uint8Array | null>(this, {
      method: "get",
      args: () => [encodeKey(textOf(name))],
      read: (bytes) => (bytes === null ? undefined : unpack(bytes)) as T[K],
    });
  }

  /** Sets an attribute. @param name Its name. @param value Its value; it is copied. */
  set<K extends keyof T>(name: K, value: T[K]): Promise<void> {
    return callObject<void>(this, {
      method: "set",
      args: (link, carried) => gather([encodeKey(textOf(name)), pack(link, value, textOf(name), carried)]),
    });
  }

  /** Takes an attribute out. @param name Its name. @returns Whether it was there. */
  delete(name: keyof T): Promise<boolean> {
    return callObject<boolean>(this, { method: "delete", args: () => [encodeKey(textOf(name))] });
  }

  /**
   * Changes attributes by a function, in one step.
   *
   * @param fn Gets a copy, as an object, and the arguments; see {@linkcode ListProxy.update}. @param args What else it gets.
   * @returns What it returned; `undefined` for the object itself.
   */
  update<A extends readonly unknown[], R>(fn: (attributes: T, ...args: A) => R, ...args: A): Promise<R> {
    return changeBy<R>(this, fn, args, true);
  }

  /** A copy of all attributes. */
  override getValue(): Promise<T> {
    return ask<T, Entry[]>(this, "entries", [], (entries) => {
      const names = entries.map(([name]) => unpack(name) as string);
      const values = unpackAll(entries.map(([, value]) => value));
      const shape = (all: unknown[]) => objectOf(names.map((name, index) => [name, all[index]] as const)) as T;
      return values instanceof Promise ? values.then(shape) : shape(values);
    });
  }
}

/** A {@linkcode NamespaceProxy} with its attributes: `await ns.name`. */
export type Namespace<T extends object = Record<string, unknown>> =
  & NamespaceProxy<T>
  & { [K in Exclude<keyof T, keyof NamespaceProxy>]: Promise<T[K]> | T[K] }
  // deno-lint-ignore no-explicit-any -- attributes that its type does not name may be anything
  & Record<string, any>;

function shownAs<T extends object>(proxy: NamespaceProxy<T>): NamespaceProxy<T> {
  const shown = new Proxy(proxy, {
    get: (target, name, receiver) => isLocal(target, name) ? Reflect.get(target, name, receiver) : target.get(name as never),
    set(target, name, value, receiver) {
      if (isLocal(target, name)) return Reflect.set(target, name, value, receiver);
      void target.set(name as never, value as never);
      return true;
    },
    deleteProperty(target, name) {
      if (isLocal(target, name)) return Reflect.deleteProperty(target, name);
      void target.delete(name as never);
      return true;
    },
  });
  standForProxy(shown, proxy);
  return shown;
}

function isLocal(target: object, name: string | symbol): boolean {
  return typeof name === "symbol" || name.startsWith("_") || name === "then" || name in target;
}

function textOf(name: PropertyKey): string {
  if (typeof name === "string") return name;
  throw new TypeError(`Cannot use an attribute: its name must be a string, received ${typeof name}`);
}
