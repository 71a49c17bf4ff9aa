/** The client of a manager that is written in Python. @module */
import { ClosedError, SerializationError } from "../../base/errors.ts";
import { decodeAnswer, encodeRequest, type MessageChannel, type MessageLimits } from "./messages.ts";
import { isNames, ProxyRecipe, PythonToken, reduceManagerObject } from "./tokens.ts";

/** How a client reaches its server. */
export interface PythonManagerOptions {
  /** A new connection, with the handshake behind it. */
  connect(): Promise<MessageChannel>;
  /** The server's address as it names it itself, `[host, port]` or a path: proxies in arguments say so. */
  address: readonly [host: string, port: number] | string;
  /** What the server calls this client in its log. Default: `"typescript"`. */
  name?: string;
  /** The limits of what the server sends. */
  limits?: MessageLimits;
}

/** Keyword arguments of Python, by name. */
export type Keywords = Readonly<Record<string, unknown>>;

const noKeywords: ReadonlyMap<string, unknown> = new Map();

/**
 * Talks to the server of a Python `BaseManager`.
 *
 * CPython serves a connection in a thread that does one call after the other. So each call that is under way has a connection of its own here; those that are
 * free are used again.
 */
export class PythonManagerClient {
  readonly #options: PythonManagerOptions;
  readonly #idle: MessageChannel[] = [];
  readonly #busy = new Set<MessageChannel>();
  readonly #address: unknown;
  #closed = false;

  /** Connects when it is first used. @param options How. */
  constructor(options: PythonManagerOptions) {
    this.#options = options;
    this.#address = typeof options.address === "string" ? options.address : Object.freeze([...options.address]);
  }

  /** Asks the server whether it is there, as Python's `connect()` does. */
  async ping(): Promise<void> {
    await this.manage("dummy");
  }

  /** Makes an object of a registered type. @param typeid The type's name. @param args For its class or function. @param kwds By name. */
  async create(typeid: string, args: readonly unknown[] = [], kwds: Keywords = {}): Promise<PythonProxy> {
    const answer = await this.manage("create", [typeid, ...args], kwds);
    const [id, exposed] = Array.isArray(answer) ? answer as unknown[] : [];
    if (typeof id !== "string" || !isNames(exposed)) {
      throw new SerializationError("Cannot create an object: the manager's answer must be (id, exposed)");
    }
    // The reference that came with the creation becomes the proxy's own: Python takes one more and gives that one back.
    return new PythonProxy(this, new PythonToken(typeid, this.#address, id), exposed);
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
    return new PythonProxy(this, token, isNames(exposed) ? exposed : []);
  }

  /** One request to the server itself: each has a connection of its own. */
  async manage(method: string, args: readonly unknown[] = [], kwds: Keywords = {}): Promise<unknown> {
    const request = encodeRequest({ ident: null, method, args, kwds: new Map(Object.entries(kwds)) }, reduceProxy);
    const channel = await this.#options.connect();
    try {
      return await this.#ask(channel, request);
    } finally {
      channel.close();
    }
  }

  /** Calls a method of an object. */
  async call(token: PythonToken, method: string, args: readonly unknown[], kwds: Keywords): Promise<unknown> {
    const request = encodeRequest({ ident: token.id, method, args, kwds: new Map(Object.entries(kwds)) }, reduceProxy);
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
    const { kind, value } = decodeAnswer(answer, this.#options.limits);
    return kind === "#PROXY" ? await this.#proxyOf(value) : await this.#valueOf(value);
  }

  async #ask(channel: MessageChannel, request: Uint8Array): Promise<unknown> {
    await channel.send(request);
    return decodeAnswer(await channel.recv(), this.#options.limits).value;
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
    return new PythonProxy(this, new PythonToken(token.typeid, this.#address, token.id), exposed);
  }

  #valueOf(value: unknown): unknown {
    return value instanceof ProxyRecipe ? this.adopt(value) : value;
  }

  /** Closes its connections. Objects whose proxies were not released stay in the server. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const channel of [...this.#idle.splice(0), ...this.#busy]) channel.close();
  }
}

/** An object in a Python manager. */
export class PythonProxy {
  /** Where it is. */
  readonly token: PythonToken;
  /** Its methods. */
  readonly exposed: readonly string[];
  readonly #client: PythonManagerClient;
  #released = false;

  /** Made by a {@linkcode PythonManagerClient}. @param client Whose. @param token Where it is. @param exposed Its methods. */
  constructor(client: PythonManagerClient, token: PythonToken, exposed: readonly string[]) {
    this.#client = client;
    this.token = token;
    this.exposed = exposed;
  }

  /** Calls a method, by its name in Python. @param method Such as `"__getitem__"`. @param args In order. @param kwds By name. */
  call(method: string, args: readonly unknown[] = [], kwds: Keywords = {}): Promise<unknown> {
    return this.#client.call(this.token, method, args, kwds);
  }

  /** A copy of the object, where it is data. */
  getValue(): Promise<unknown> {
    return this.call("#GETVALUE");
  }

  /** What `repr()` of the object is in Python. */
  async repr(): Promise<string> {
    return String(await this.call("__repr__"));
  }

  /** Gives its reference back: the server drops what nobody has a reference to. Idempotent. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#client.manage("decref", [this.token.id]);
  }
}

/** A proxy in an argument goes as its recipe. */
function reduceProxy(object: object) {
  if (!(object instanceof PythonProxy)) return undefined;
  const { token, exposed } = object;
  return reduceManagerObject(new ProxyRecipe(token, "AutoProxy", exposed));
}
