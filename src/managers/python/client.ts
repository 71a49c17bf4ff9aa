/** The client of a manager that is written in Python. @module */
import type { WaitOptions } from "../../base/deadline.ts";
import { ClosedError, SerializationError } from "../../base/errors.ts";
import { log } from "../../runtime/log.ts";
import type { Keywords } from "./kwargs.ts";
import { decodeAnswer, encodeRequest, type MessageChannel, type MessageLimits } from "./messages.ts";
import { type PythonObjects, PythonProxy } from "./python_proxy.ts";
import { isNames, ProxyRecipe, PythonToken, reduceManagerObject } from "./tokens.ts";

/** How a client reaches its server. */
export interface PythonManagerOptions {
  /** A new connection, with the handshake behind it. */
  connect(options?: WaitOptions): Promise<MessageChannel>;
  /** The server's address as it names it itself, `[host, port]` or a path: proxies in arguments say so. */
  address: readonly [host: string, port: number] | string;
  /** What the server calls this client in its log. Default: `"typescript"`. */
  name?: string;
  /** The limits of what the server sends. */
  limits?: MessageLimits;
}

const noKeywords: ReadonlyMap<string, unknown> = new Map();

/**
 * Talks to the server of a Python `BaseManager`.
 *
 * CPython serves a connection in a thread that does one call after the other. So each call that is under way has a connection of its own here; those that are
 * free are used again.
 */
export class PythonManagerClient implements PythonObjects {
  readonly #options: PythonManagerOptions;
  readonly #idle: MessageChannel[] = [];
  readonly #busy = new Set<MessageChannel>();
  readonly #address: unknown;
  /** The references that it has taken. */
  readonly #held = new Set<PythonToken>();
  readonly #collected = new FinalizationRegistry<PythonToken>((token) => {
    this.release(token).catch((error) => log.info(`a reference to ${token.typeid} could not be given back: ${String(error)}`));
  });
  /** What requests under way name: while they are, no proxy among it may be collected. */
  readonly #underWay = new Set<unknown>();
  #closed = false;

  /** Connects when it is first used. @param options How. */
  constructor(options: PythonManagerOptions) {
    this.#options = options;
    this.#address = typeof options.address === "string" ? options.address : Object.freeze([...options.address]);
  }

  /** Asks the server whether it is there, as Python's `connect()` does. @param options How long to wait. */
  async ping(options?: WaitOptions): Promise<void> {
    await this.manage("dummy", [], {}, options);
  }

  /** Makes an object of a registered type. @param typeid The type's name. @param args For its class or function. @param kwds By name. */
  async create(typeid: string, args: readonly unknown[] = [], kwds: Keywords = {}): Promise<PythonProxy> {
    const answer = await this.manage("create", [typeid, ...args], kwds);
    const [id, exposed] = Array.isArray(answer) ? answer as unknown[] : [];
    if (typeof id !== "string" || !isNames(exposed)) {
      throw new SerializationError("Cannot create an object: the manager's answer must be (id, exposed)");
    }
    // The reference that came with the creation becomes the proxy's own: Python takes one more and gives that one back.
    return this.#hold(new PythonToken(typeid, this.#address, id), exposed);
  }

  /** How many objects the server has. */
  async numberOfObjects(): Promise<number> {
    return Number(await this.manage("number_of_objects"));
  }

  /** The server's list of its objects. */
  async debugInfo(): Promise<string> {
    return String(await this.manage("debug_info"));
  }

  /** Ends the server. */
  async shutdown(): Promise<void> {
    await this.manage("shutdown");
  }

  /** A proxy for what another proxy's message named. It takes a reference of its own. */
  async adopt(recipe: ProxyRecipe): Promise<PythonProxy> {
    const { token } = recipe;
    await this.manage("incref", [token.id]);
    const exposed = recipe.exposed ?? await this.manage("get_methods", [token]);
    return this.#hold(token, isNames(exposed) ? exposed : []);
  }

  /** One request to the server itself: each has a connection of its own. */
  async manage(method: string, args: readonly unknown[] = [], kwds: Keywords = {}, options?: WaitOptions): Promise<unknown> {
    const request = encodeRequest({ ident: null, method, args, kwds: new Map(Object.entries(kwds)) }, reduceProxy);
    if (this.#closed) throw new ClosedError(`Cannot ask a Python manager for ${method}: the client is closed`);
    const named = [args, kwds];
    this.#underWay.add(named);
    let channel: MessageChannel | null = null;
    try {
      channel = await this.#options.connect(options);
      return await this.#ask(channel, request, options);
    } finally {
      channel?.close();
      this.#underWay.delete(named);
    }
  }

  /** Calls a method of an object. */
  async call(proxy: PythonProxy, method: string, args: readonly unknown[], kwds: Keywords): Promise<unknown> {
    const request = encodeRequest({ ident: proxy.token.id, method, args, kwds: new Map(Object.entries(kwds)) }, reduceProxy);
    const named = [proxy, args, kwds];
    this.#underWay.add(named);
    try {
      const { kind, value } = decodeAnswer(await this.#exchange(method, request), this.#options.limits);
      return kind === "#PROXY" ? this.#proxyOf(value) : await this.#valueOf(value);
    } finally {
      this.#underWay.delete(named);
    }
  }

  /** Gives a reference back. */
  async release(token: PythonToken): Promise<void> {
    if (this.#held.delete(token) && !this.#closed) await this.manage("decref", [token.id]);
  }

  /** Sends a request on a connection that nobody uses, and gives the answer. */
  async #exchange(method: string, request: Uint8Array): Promise<Uint8Array> {
    if (this.#closed) throw new ClosedError(`Cannot call ${method}: the client is closed`);
    const channel = this.#idle.pop() ?? await this.#open();
    if (this.#closed) {
      channel.close();
      throw new ClosedError(`Cannot call ${method}: the client is closed`);
    }
    this.#busy.add(channel);
    let answer: Uint8Array;
    try {
      await channel.send(request);
      answer = await channel.recv();
    } catch (error) {
      channel.close();
      throw error;
    } finally {
      this.#busy.delete(channel);
    }
    if (this.#closed) channel.close();
    else this.#idle.push(channel);
    return answer;
  }

  async #ask(channel: MessageChannel, request: Uint8Array, options?: WaitOptions): Promise<unknown> {
    await channel.send(request);
    return decodeAnswer(await channel.recv(options), this.#options.limits).value;
  }

  #hold(token: PythonToken, exposed: readonly string[]): PythonProxy {
    const proxy = new PythonProxy(this, token, exposed);
    this.#held.add(token);
    this.#collected.register(proxy, token);
    return proxy;
  }

  async #open(): Promise<MessageChannel> {
    const channel = await this.#options.connect();
    try {
      const { name = "typescript" } = this.#options;
      await this.#ask(channel, encodeRequest({ ident: null, method: "accept_connection", args: [name], kwds: noKeywords }));
      return channel;
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  /** A method's result that stays in the server. The reference in the answer becomes the proxy's own. */
  #proxyOf(value: unknown): PythonProxy {
    const [exposed, token] = Array.isArray(value) ? value as unknown[] : [];
    if (!isNames(exposed) || !(token instanceof PythonToken)) {
      throw new SerializationError("Cannot make a proxy: the manager's answer must be (exposed, token)");
    }
    // As in Python: the server may know itself by another name than its clients do.
    return this.#hold(new PythonToken(token.typeid, this.#address, token.id), exposed);
  }

  #valueOf(value: unknown): unknown {
    return value instanceof ProxyRecipe ? this.adopt(value) : value;
  }

  /** Gives every reference back, as far as the server is there, and closes. */
  async dispose(): Promise<void> {
    try {
      for (const token of [...this.#held]) await this.release(token);
    } catch (error) {
      log.info(`a Python manager has not taken its references back: ${String(error)}`);
    } finally {
      this.close();
    }
  }

  /** Closes its connections. Objects whose proxies were not closed stay in the server. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const channel of [...this.#idle.splice(0), ...this.#busy]) channel.close();
  }
}

/** A proxy in an argument goes as its recipe. */
function reduceProxy(object: object) {
  if (!(object instanceof PythonProxy)) return undefined;
  const { token, exposed } = object;
  return reduceManagerObject(new ProxyRecipe(token, "AutoProxy", exposed));
}
