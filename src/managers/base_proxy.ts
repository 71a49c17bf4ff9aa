/** `BaseProxy`: what every proxy of a manager's object is. @module */
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { ClosedError } from "../base/errors.ts";
import { publicAddress } from "../connection/address.ts";
import { inTurn, isFree } from "../queues/put_line.ts";
import type { Undo } from "../reference/value.ts";
import type { ServedRef } from "../server/handle.ts";
import type { ServerLink } from "../server/local_server.ts";
import { failed, observed } from "../server/request.ts";
import { pack, unpack } from "./stored.ts";

/** Names an object of a manager: what Python calls a token. */
export class Token {
  /** The name under which its type is registered. */
  readonly typeid: string;
  /** Where its manager listens. */
  readonly address: string | readonly [host: string, port: number];
  /** Its name in the manager. */
  readonly id: string;
  /** Names an object. @param typeid Its type. @param address Its manager's address. @param id Its name there. */
  constructor(typeid: string, address: Token["address"], id: string) {
    this.typeid = typeid;
    this.address = address;
    this.id = id;
  }

  /** `Token(typeid='list', address=…, id='1a2b3c4d')`. */
  toString(): string {
    return `Token(typeid='${this.typeid}', address='${String(this.address)}', id='${this.id.slice(0, 8)}')`;
  }
}

/** What a proxy is made of: given to the constructor of a proxy class by the library, and handed on to `super`. */
export interface ProxyTarget {
  /** The name under which its type is registered. */
  readonly typeid: string;
  /** The methods that may be called. */
  readonly exposed: readonly string[];
}

/** What a proxy is made of, with the way to the object. */
export interface Target extends ProxyTarget {
  /** The way to the object. */
  readonly ref: ServedRef;
}

interface Own extends Target {
  closed: boolean;
}

const owns = new WeakMap<object, Own>();

/** What a proxy is made of. @throws {ClosedError} after `close()`. */
export function targetOf(proxy: object, verb = "use"): Target {
  const own = owns.get(proxy);
  if (own === undefined) throw new TypeError("Cannot use a proxy: its constructor has not run; call super(target) first");
  if (own.closed) throw new ClosedError(`Cannot ${verb} ${own.ref.label}: this proxy is closed`);
  return own;
}

/** Lets another object stand for a proxy. */
export function standForProxy(object: object, proxy: object): void {
  owns.set(object, owns.get(proxy)!);
}

/** How a proxy calls its object. */
export interface ProxyCall<T, A> {
  readonly method: string;
  /** The arguments; what is given in `carried` is undone once the call is over. */
  readonly args: (link: ServerLink, carried: Undo[]) => readonly unknown[] | Promise<readonly unknown[]>;
  /** Makes the result of the answer. */
  readonly read?: (answer: A) => T | Promise<T>;
}

/** Calls the object of a proxy. Calls of one unit begin in the order in which they were made. */
export function callObject<T, A = T>(proxy: object, { method, args, read }: ProxyCall<T, A>): Promise<T> {
  const carried: Undo[] = [];
  const undo = () => carried.splice(0).forEach((settle) => settle());
  try {
    const { ref } = targetOf(proxy, `call ${method}() of`);
    const send = (ready: readonly unknown[]) =>
      ref.call<T, A>(method, ready, { verb: `call ${method}() of`, read, confirm: "read", onEnd: undo });
    const ready = args(ref.link, carried);
    if (!(ready instanceof Promise) && isFree(ref.id)) return send(ready);
    const sent = inTurn(ref.id, ready, null, send).catch((error) => {
      undo();
      throw error;
    });
    return observed(sent);
  } catch (error) {
    undo();
    return failed(error);
  }
}

/** A call whose arguments need no encoding. */
export function ask<T, A = T>(
  proxy: object,
  method: string,
  args: readonly unknown[] = [],
  read?: (answer: A) => T | Promise<T>,
): Promise<T> {
  return callObject<T, A>(proxy, { method, args: () => args, read });
}

/** A value that can be asked for as a method and awaited as a property: `await list.length()` and `await list.length` are the same. */
export type Asked<T> = (() => Promise<T>) & PromiseLike<T>;

/** See {@linkcode Asked}. */
export function asked<T>(question: () => Promise<T>): Asked<T> {
  const then: PromiseLike<T>["then"] = (onFulfilled, onRejected) => question().then(onFulfilled, onRejected);
  return Object.defineProperty(() => question(), "then", { value: then }) as Asked<T>;
}

/**
 * A proxy: stands for an object in a manager's server. Base of all proxy classes, and of your own for a type that you register.
 *
 * - **Travels** in any value, to any unit; all proxies of an object mean the same one.
 * - **Lifetime**: the object lives as long as somebody has a proxy of it, or one is under way or inside another object. A proxy lets go when it is closed,
 *   when it is collected as garbage, and when its unit ends, however that ends.
 * - **Death of the manager**: every pending and later call rejects with `BrokenPipeError`.
 * - **Order**: calls of one unit begin in the order in which they were made, awaited or not; each is one step.
 *
 * *Differs from Python*: a proxy that travels holds a reference of its own at every moment; `callMethod` of an unexposed name is refused likewise
 * (`RemoteError`). `str(proxy)` would have to wait: `await proxy.getValue()`.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import { BaseManager, BaseProxy } from "@fenshen/multiprocessing/managers";
 * import assert from "node:assert/strict";
 *
 * export class Counter {
 *   #count = 0;
 *   add(n: number) {
 *     return this.#count += n;
 *   }
 * }
 *
 * export class CounterProxy extends BaseProxy {
 *   async addTwice(n: number) {
 *     await this.callMethod("add", [n]);
 *     return await this.callMethod("add", [n]);
 *   }
 * }
 *
 * class MyManager extends BaseManager {
 *   declare Counter: () => Promise<CounterProxy>;
 * }
 * MyManager.register("Counter", Counter, { proxytype: CounterProxy });
 *
 * if (mp.isMain(import.meta)) {
 *   await using manager = new MyManager();
 *   await manager.start();
 *   const counter = await manager.Counter();
 *   assert.equal(await counter.addTwice(4), 8);
 * }
 * ```
 *
 * Python: `multiprocessing/managers.py`, `BaseProxy`.
 */
export class BaseProxy {
  /** Made by a manager. @param target Hand it on to `super` in a class of your own. */
  constructor(target: ProxyTarget) {
    if (typeof (target as Partial<Target> | undefined)?.ref?.call !== "function") {
      throw new TypeError(`Cannot make a ${new.target.name}: proxies are made by a manager, such as await manager.list()`);
    }
    owns.set(this, { ...target as Target, closed: false });
  }

  /** Names the object. */
  get token(): Token {
    const { ref, typeid } = targetOf(this);
    return new Token(typeid, publicAddress(ref.link.ticket.address), ref.id);
  }

  /**
   * Calls a method of the object.
   *
   * @param name The method. @param args Its arguments; they are copied.
   * @returns What the method returned, a copy; a proxy where its type says so.
   * @throws What the method threw. @throws {RemoteError} the method is not exposed. @throws {BrokenPipeError} the manager has ended.
   */
  callMethod(name: string, args: readonly unknown[] = []): Promise<unknown> {
    if (!Array.isArray(args)) {
      return failed(
        new TypeError(
          `Cannot call ${name}(): its arguments must be an array, received ${typeof args}\n\n    proxy.callMethod("${name}", [argument])`,
        ),
      );
    }
    return callObject(this, {
      method: "call",
      args: (link, carried) => gather([name, pack(link, args, "args", carried)]),
      read: (answer: Uint8Array) => unpack(answer),
    });
  }

  /** A copy of the object. @throws as {@linkcode BaseProxy.callMethod}; `SerializationError` when the object cannot travel. */
  getValue(): Promise<unknown> {
    return ask(this, "getValue", [], (answer: Uint8Array) => unpack(answer));
  }

  /** This proxy lets go of the object. Afterwards its methods reject with `ClosedError`. Calling it again does nothing. */
  close(): void {
    const own = owns.get(this);
    if (own === undefined || own.closed) return;
    own.closed = true;
    own.ref.release();
  }

  /** Closes this proxy. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** `<ListProxy object, typeid 'list' at 1a2b3c4d>`, as in Python. */
  toString(): string {
    const own = owns.get(this)!;
    return `<${this.constructor.name} object, typeid '${own.typeid}' at ${own.ref.id.slice(0, 8)}${own.closed ? ", closed" : ""}>`;
  }

  /** The same text. */
  [inspectNode](): string {
    return BaseProxy.prototype.toString.call(this);
  }

  /** The same for Deno. */
  [inspectDeno](): string {
    return BaseProxy.prototype.toString.call(this);
  }
}

/** Arguments of which some may have to be waited for. */
export function gather(parts: readonly unknown[]): readonly unknown[] | Promise<readonly unknown[]> {
  return parts.some((part) => part instanceof Promise) ? Promise.all(parts) : parts;
}

/** Sends a function that changes the object in one step. @throws {TypeError} when it is none. */
export function changeBy<T>(proxy: object, fn: unknown, args: readonly unknown[], ...extra: readonly unknown[]): Promise<T> {
  if (typeof fn !== "function") {
    const received = fn === null ? "null" : typeof fn;
    return failed(new TypeError(`Cannot update ${targetOf(proxy).ref.label}: it takes a function and its arguments, received ${received}`));
  }
  return callObject<T, Uint8Array>(proxy, {
    method: "update",
    args: (link, carried) => gather([pack(link, [fn, args], "update", carried), ...extra]),
    read: (answer) => unpack(answer) as T | Promise<T>,
  });
}
