/** The server's side of CPython's manager protocol: Python programs use objects that live here (`multiprocessing/managers.py`, `Server`). @module */
import { hex } from "../../base/hex.ts";
import { EOFError, SerializationError } from "../../base/errors.ts";
import { runtime } from "../../runtime/runtime.ts";
import { type AnswerKind, decodeRequest, encodeAnswer, type MessageChannel, type MessageLimits, type Request } from "./messages.ts";
import type { PythonCall, Referent } from "./referent.ts";
import { ProxyRecipe, PythonToken } from "./tokens.ts";

/** Makes an object of a type. */
export type ReferentFactory = (call: Pick<PythonCall, "args" | "kwds">) => Referent | Promise<Referent>;

/** How a server is made. */
export interface PythonServerOptions {
  /** Where clients find it, as they write it: `[host, port]` or a path. */
  address: readonly [host: string, port: number] | string;
  /** The types, by name. */
  registry: ReadonlyMap<string, ReferentFactory>;
  /** Called when a client asks it to end; the caller closes the listener. */
  onShutdown(): void;
  /** The limits of what clients send. */
  limits?: MessageLimits;
}

/** Everything that it serves: one object and its references. */
interface Entry {
  readonly referent: Referent;
  readonly typeid: string;
  references: number;
  /** Whether a proxy of it was put into an object here: then it stays, as in CPython. */
  isKept: boolean;
}

/** Serves objects to Python programs. */
export class PythonManagerServer {
  readonly #options: PythonServerOptions;
  readonly #entries = new Map<string, Entry>();
  /** One referent is one object, however often a type hands it out. */
  readonly #idents = new Map<Referent, string>();
  /** Begins every name: so objects of another manager, whose proxies are put in here, are told apart, whatever name clients know this one by. */
  readonly #prefix = hex(runtime.randomBytes(8));
  #next = 1;

  /** Serves nothing yet. @param options What to serve. */
  constructor(options: PythonServerOptions) {
    this.#options = options;
  }

  /** Serves one connection, with the handshake behind it, until it ends. */
  async serve(channel: MessageChannel): Promise<void> {
    try {
      const request = decodeRequest(await channel.recv(), this.#options.limits);
      if (request.ident === null && request.method === "accept_connection") {
        await channel.send(encodeAnswer("#RETURN", null));
        await this.#serveCalls(channel);
      } else {
        await channel.send(await this.#manage(request));
        if (request.method === "shutdown") this.#options.onShutdown();
      }
    } catch (error) {
      if (error instanceof SerializationError) await channel.send(traceback(error));
      else if (!(error instanceof EOFError)) throw error;
    } finally {
      channel.close();
    }
  }

  /** A request to the server itself. */
  async #manage({ method, args, kwds }: Request): Promise<Uint8Array> {
    try {
      return encodeAnswer("#RETURN", await this.#managed(method, args, kwds));
    } catch (error) {
      return traceback(error);
    }
  }

  #managed(method: string, args: readonly unknown[], kwds: Request["kwds"]): unknown {
    switch (method) {
      case "dummy":
      case "shutdown":
        return null;
      case "create":
        return this.#create(args, kwds);
      case "incref":
        return void this.#entry(args[0]).references++;
      case "decref":
        return this.#drop(args[0]);
      case "get_methods":
        return Object.freeze([...this.#entry((args[0] as PythonToken | undefined)?.id).referent.methods.keys()]);
      case "number_of_objects":
        return this.#counted().length;
      case "debug_info":
        return this.#counted().map(([ident, entry]) =>
          `  ${ident}:       refcount=${entry.references}\n    ${entry.referent.repr().slice(0, 75)}`
        ).join("\n");
    }
    throw new RangeError(`${shown(method)} unrecognized`);
  }

  #counted(): [string, Entry][] {
    return [...this.#entries].filter(([, entry]) => entry.references > 0);
  }

  async #create([typeid, ...args]: readonly unknown[], kwds: Request["kwds"]): Promise<unknown> {
    const factory = typeof typeid === "string" ? this.#options.registry.get(typeid) : undefined;
    if (factory === undefined) throw new RangeError(`KeyError: ${shown(typeid)} is not a registered type`);
    const referent = await factory({ args, kwds });
    return Object.freeze([this.#register(referent, typeid as string), Object.freeze([...referent.methods.keys()])]);
  }

  /** Takes one reference. */
  #register(referent: Referent, typeid: string): string {
    const ident = this.#idents.get(referent) ?? `${this.#prefix}${(this.#next++).toString(16)}`;
    const entry = this.#entries.get(ident) ?? { referent, typeid, references: 0, isKept: false };
    entry.references++;
    this.#idents.set(referent, ident);
    this.#entries.set(ident, entry);
    return ident;
  }

  #entry(ident: unknown): Entry {
    const entry = this.#entries.get(ident as string);
    if (entry === undefined) throw new RangeError(`KeyError: there is no object ${shown(ident)}`);
    return entry;
  }

  #drop(ident: unknown): void {
    const entry = this.#entry(ident);
    if (entry.references === 0) {
      if (entry.isKept) return;
      throw new RangeError("AssertionError: an object without references cannot lose one");
    }
    entry.references--;
    if (entry.references > 0 || entry.isKept) return;
    this.#entries.delete(ident as string);
    this.#idents.delete(entry.referent);
  }

  /** Calls of one thread of a client, one after the other. The next message is awaited already during a call: so the end of the connection is seen. */
  async #serveCalls(channel: MessageChannel): Promise<void> {
    const ended = new AbortController();
    const next = () => {
      const message = channel.recv();
      message.catch((error) => ended.abort(error));
      return message;
    };
    for (let message = next();;) {
      const bytes = await message;
      message = next();
      const answer = await this.#call(bytes, ended.signal);
      if (ended.signal.aborted) return;
      await channel.send(answer);
    }
  }

  async #call(bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    let entry: Entry;
    let request: Request;
    try {
      request = decodeRequest(bytes, this.#options.limits);
      entry = this.#entry(request.ident);
    } catch (error) {
      return traceback(error);
    }
    const { referent } = entry;
    const method = referent.methods.get(request.method) ?? this.#fallback(referent, request.method);
    if (method === undefined) {
      return traceback(new TypeError(`AttributeError: method ${shown(request.method)} is not in exposed`));
    }
    try {
      this.#keep(request.args);
      const value = await method({ args: request.args, kwds: request.kwds, signal });
      return this.#answer(referent, request.method, value);
    } catch (error) {
      return encodeAnswer("#ERROR", error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fallback(referent: Referent, method: string): ((call: PythonCall) => unknown) | undefined {
    if (method === "#GETVALUE") return () => referent.value();
    return method === "__str__" || method === "__repr__" ? () => referent.repr() : undefined;
  }

  /** Objects of this server that go into another one by their proxies stay. */
  #keep(args: readonly unknown[]): void {
    for (const arg of args) {
      if (!(arg instanceof ProxyRecipe)) continue;
      const entry = this.#entries.get(arg.token.id);
      if (entry !== undefined) entry.isKept = true;
    }
  }

  #answer(referent: Referent, method: string, value: unknown): Uint8Array {
    const typeid = referent.methodToTypeid?.get(method);
    try {
      if (typeid === undefined) return encodeAnswer("#RETURN", value);
      const { address } = this.#options;
      const made = value as Referent;
      const token = new PythonToken(
        typeid,
        typeof address === "string" ? address : Object.freeze([...address]),
        this.#register(made, typeid),
      );
      return encodeAnswer("#PROXY", Object.freeze([Object.freeze([...made.methods.keys()]), token]));
    } catch (error) {
      return textAnswer("#UNSERIALIZABLE", error);
    }
  }
}

/** A name that a client has sent, whatever it is. */
function shown(name: unknown): string {
  return typeof name === "string" ? JSON.stringify(name.slice(0, 100)) : typeof name;
}

/** Trouble of the server's, as text: there is no traceback of Python to send. */
function traceback(error: unknown): Uint8Array {
  return textAnswer("#TRACEBACK", error);
}

function textAnswer(kind: AnswerKind, error: unknown): Uint8Array {
  return encodeAnswer(kind, `${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}\n`);
}
