/** `PythonProxy`: an object that lives in a manager written in Python. @module */
import { ClosedError } from "../../base/errors.ts";
import { inspectDeno, inspectNode } from "../../base/inspect.ts";
import { failed } from "../../server/request.ts";
import { type Keywords, splitArguments } from "./kwargs.ts";
import type { PythonToken } from "./tokens.ts";

/** How a proxy reaches its object: its manager's client. */
export interface PythonObjects {
  /** Calls a method. */
  call(proxy: PythonProxy, method: string, args: readonly unknown[], kwds: Keywords): Promise<unknown>;
  /** Gives the proxy's reference back. */
  release(token: PythonToken): Promise<void>;
}

/** Operators of Python by the names that our own proxies use. */
const operators: Readonly<Record<string, readonly string[]>> = {
  __getitem__: ["get"],
  __setitem__: ["set"],
  __delitem__: ["delete"],
  __getattribute__: ["get"],
  __setattr__: ["set"],
  __delattr__: ["delete"],
  __contains__: ["has"],
  __len__: ["length", "size"],
};

/** The name in JavaScript: `put_nowait` is `putNowait`. */
function camelCase(name: string): string {
  return name.startsWith("_") ? name : name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * An object in a manager that is written in Python, made by a `BaseManager` with the codec `"pickle"`.
 *
 * - **Methods**: those that the Python side exposes, by their names there and in this library's spelling: `put_nowait` is `putNowait` too. Operators have the
 *   names of our own proxies: `get(key)` for `object[key]`, `set`, `delete`, `has`, `length()`. Named like one of this class, or `then`: by `callMethod` only.
 * - **Arguments and results** are data, see "Python at the other end". Arguments by name: {@linkcode kwargs}. Times are Python's: **seconds**.
 * - **Calls** that are made at the same time run at the same time, in threads of the Python side.
 * - **Errors**: what the method raised, as our class of the same meaning, else a `RemoteError` with its name.
 * - **Lifetime**: the object lives until every proxy is closed, here by `close()`, `await using`, the manager's end, or garbage collection.
 * - **Death of the manager**: a call rejects with `EOFError` or `BrokenPipeError`, a later one with the system's error (`ECONNREFUSED`).
 *
 * *Differs from Python*: does not travel to other units of this library; it does travel in an argument to its own manager.
 *
 * Python: `multiprocessing/managers.py`, `AutoProxy`.
 *
 * @example
 * ```ts
 * import { BaseManager, type Proxied, type PythonProxy } from "@fenshen/multiprocessing/managers";
 * import assert from "node:assert/strict";
 *
 * class Scores extends BaseManager {
 *   declare scores: () => Promise<Proxied<Map<string, number>, PythonProxy>>;
 * }
 * Scores.register("scores", () => new Map([["ada", 1]]));
 *
 * // The other end would be a program in Python; it may be one of this library, too.
 * const authkey = new TextEncoder().encode("not a good secret");
 * const server = new Scores({ address: ["127.0.0.1", 0], authkey, codec: "pickle" }).getServer();
 * const serving = server.serveForever();
 * await server.listening;
 *
 * const manager = new Scores({ address: server.address, authkey, codec: "pickle" });
 * await manager.connect();
 * const scores = await manager.scores();
 * await scores.set("bob", 2);
 * assert.deepEqual(await scores.callMethod("pop", ["ada"]), 1);
 * assert.deepEqual(await scores.getValue(), new Map([["bob", 2]]));
 * await scores.close();
 * server.close();
 * await serving;
 * ```
 */
export class PythonProxy {
  /** Where it is. */
  readonly token: PythonToken;
  /** Its methods, by their names in Python. */
  readonly exposed: readonly string[];
  readonly #objects: PythonObjects;
  #closing: Promise<void> | null = null;

  /** Made by a manager. @param objects The way to it. @param token Where it is. @param exposed Its methods. */
  constructor(objects: PythonObjects, token: PythonToken, exposed: readonly string[]) {
    this.#objects = objects;
    this.token = token;
    this.exposed = exposed;
    for (const name of exposed) for (const ours of [name, camelCase(name)]) this.#define(ours, name);
    for (const name of exposed) for (const ours of Object.hasOwn(operators, name) ? operators[name]! : []) this.#define(ours, name);
  }

  /**
   * Calls a method, by its name in Python.
   *
   * @param method Such as `"__getitem__"`. @param args In order. @param kwds By name.
   * @throws What it raised. @throws {RemoteError} it is not exposed. @throws {SerializationError} an argument or its result is no data.
   */
  callMethod(method: string, args: readonly unknown[] = [], kwds: Keywords = {}): Promise<unknown> {
    if (this.#closing === null) return this.#objects.call(this, method, args, kwds);
    return failed(new ClosedError(`Cannot call ${method}() of a ${this.token.typeid}: this proxy is closed`));
  }

  /** A copy of the object, where it is data. */
  getValue(): Promise<unknown> {
    return this.callMethod("#GETVALUE");
  }

  /** What `repr()` of the object is in Python. */
  async repr(): Promise<string> {
    return String(await this.callMethod("__repr__"));
  }

  /** Gives its reference back: the manager drops what nobody refers to. Afterwards its methods reject with `ClosedError`. Idempotent. */
  close(): Promise<void> {
    return this.#closing ??= this.#objects.release(this.token);
  }

  /** What iterating over it gives in Python: the rest of an iterator; of others a copy: the keys of a dict, the items of a list. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<unknown> {
    if (!this.exposed.includes("__next__")) {
      yield* await (this.exposed.includes("keys") ? this.callMethod("keys") : this.getValue()) as Iterable<unknown>;
      return;
    }
    for (;;) {
      let item: unknown;
      try {
        item = await this.callMethod("__next__");
      } catch (error) {
        if (isStop(error)) return;
        throw error;
      }
      yield item;
    }
  }

  /** Closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** `<PythonProxy object, typeid 'list' at 7f0a>`. */
  toString(): string {
    return `<PythonProxy object, typeid '${this.token.typeid}' at ${this.token.id}${this.#closing === null ? "" : ", closed"}>`;
  }

  /** The same text. */
  [inspectNode](): string {
    return PythonProxy.prototype.toString.call(this);
  }

  /** The same for Deno. */
  [inspectDeno](): string {
    return PythonProxy.prototype.toString.call(this);
  }

  #define(ours: string, name: string): void {
    // With `then` a promise of a proxy would never settle.
    if (ours === "then" || ours in this) return;
    const value = (...given: unknown[]) => {
      const { args, kwds } = splitArguments(given);
      return this.callMethod(name, args, kwds);
    };
    Object.defineProperty(this, ours, { value });
  }
}

function isStop(error: unknown): boolean {
  return (error as { python?: { class?: unknown } } | null)?.python?.class === "builtins.StopIteration";
}
