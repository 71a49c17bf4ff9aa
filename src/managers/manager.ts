/** `CoreManager`: what every manager is, whatever its start method. @module */
import { checkWaitOptions, type WaitOptions } from "../base/deadline.ts";
import { BrokenPipeError, ProcessError } from "../base/errors.ts";
import { inspectDeno, inspectNode } from "../base/inspect.ts";
import { publicAddress } from "../connection/address.ts";
import type { Channel } from "../connection/channel.ts";
import { connectWithKey } from "../connection/keyed_endpoint.ts";
import { thisUnit } from "../process/identity.ts";
import { BaseProcess, startWith, stateOf } from "../process/process.ts";
import type { ContextOptions, StartMethod } from "../process/start_method.ts";
import { encodeValue, type Undo } from "../reference/value.ts";
import { runtime } from "../runtime/runtime.ts";
import type { Address } from "../runtime/types.ts";
import type { ObjectName } from "../server/client.ts";
import { failed, observed } from "../server/request.ts";
import { CONTROL_ID, CONTROL_TYPE } from "../server/control_object.ts";
import { knownLink, linkTo, ServerLink } from "../server/local_server.ts";
import { addressOf, keyOf, type ManagerAddress } from "./address.ts";
import { BaseProxy, targetOf } from "./base_proxy.ts";
import { registerProxyHandles } from "./handles.ts";
import { PythonManagerClient } from "./python/client.ts";
import { splitArguments } from "./python/kwargs.ts";
import { bounded, connectChannel } from "./python/transport.ts";
import { addToRegistry, type Factory, type RegisterOptions, registryOf } from "./registry.ts";
import type { ServerPlan } from "./running_server.ts";
import { Server } from "./server.ts";
import type { MakePool } from "./server_control.ts";
import { firstWord, MANAGER_SERVICE, type ManagerSetup } from "./service.ts";
import { removeSocketFileAfter } from "./socket_file.ts";
import { pack, unpack } from "./stored.ts";
import { type Maker, syncTypes } from "./sync_types.ts";

/** How a manager's process is started: given by the context. */
export interface ManagerBinding {
  readonly method: StartMethod;
  readonly context: ContextOptions;
  /** Makes the pools of a server in this unit. */
  readonly makePool: MakePool;
}

/** How a manager is made. */
export interface CoreManagerOptions {
  /** Where it listens, or where to connect to: `[host, port]`, or a path. Default: a private one of this program. */
  address?: ManagerAddress | null;
  /** What clients must know. Default: the key of this process, which its children inherit. It never travels over the network. */
  authkey?: Uint8Array | null;
  /**
   * Who is at the other end: `"native"`, the default, units of this library; `"pickle"`, Python programs. With `"pickle"` `connect()` uses a manager that is written in
   * Python, `start()` and `getServer()` serve Python programs, and proxies are of class `PythonProxy`, also where `register` names a `proxytype`.
   */
  codec?: "native" | "pickle";
  /** How long `shutdown()` waits for the process to end by itself, and again after it was asked by a signal, in milliseconds. Default 1000. */
  shutdownTimeout?: number;
}

/** What runs first in a manager's process. */
export type Initializer = (...args: never[]) => unknown;

/** The object that stands for a manager's server. */
export const control: ObjectName = {
  id: CONTROL_ID,
  type: CONTROL_TYPE,
  params: null,
  finds: true,
  lost: (verb, cause) => new BrokenPipeError(`Cannot ${verb}: the manager has ended`, cause === null ? undefined : { cause }),
};

type State = "initial" | "started" | "connected" | "shutdown";

/** A manager. Use `BaseManager` or `SyncManager`; this is their base. */
export class CoreManager {
  readonly #binding: () => ManagerBinding;
  readonly #shutdownTimeout: number;
  readonly #address: Address | null;
  readonly #authkey: Uint8Array;
  readonly #codec: "native" | "pickle";
  #state: State = "initial";
  #process: BaseProcess | null = null;
  #channel: Channel | null = null;
  #link: ServerLink | null = null;
  #python: PythonManagerClient | null = null;
  #served: Address | null = null;
  #starting: Promise<void> | null = null;
  #ending: Promise<void> | null = null;

  /** Prepares a manager; nothing starts yet. @param options See there. @param binding Given by the context. @throws {TypeError} for a bad option. */
  constructor(options: CoreManagerOptions | undefined, binding: () => ManagerBinding) {
    const given = options ?? {};
    if (typeof given !== "object") {
      throw new TypeError(`Cannot make a ${new.target.name}: options must be an object, received ${typeof given}`);
    }
    const { shutdownTimeout = 1000, address, authkey, codec = "native" } = given;
    const verb = `make a ${new.target.name}`;
    this.#address = addressOf(address, verb);
    this.#authkey = keyOf(authkey, verb) ?? new Uint8Array(thisUnit().authkey);
    if (codec !== "native" && codec !== "pickle") {
      throw new TypeError(`Cannot ${verb}: codec must be "native" or "pickle", received ${String(codec)}`);
    }
    this.#codec = codec;
    if (typeof shutdownTimeout !== "number" || !(shutdownTimeout >= 0)) {
      throw new TypeError(
        `Cannot make a ${new.target.name}: shutdownTimeout must be a number of milliseconds from 0 on, received ${String(shutdownTimeout)}`,
      );
    }
    this.#shutdownTimeout = shutdownTimeout;
    this.#binding = binding;
    registerProxyHandles();
  }

  /**
   * Registers a type with this class and those that extend it: a method of that name is there then, which makes an object in the manager and gives its proxy.
   *
   * @param typeid The name. @param factory A class, or a function that makes an object; it travels by reference to the manager's process.
   * Absent: served elsewhere, by the manager that this one connects to.
   * @param options `exposed`, `proxytype`, `methodToTypeid`; see {@linkcode RegisterOptions}.
   * @throws {TypeError} for something that cannot be. @throws {RangeError} for a name that a manager's own method has.
   */
  static register(typeid: string, factory?: Factory | null, options: RegisterOptions = {}): void {
    const { prototype } = this as { prototype: object };
    if (typeid in CoreManager.prototype) {
      throw new RangeError(`Cannot register a type: managers have a method of that name, received ${JSON.stringify(typeid)}`);
    }
    addToRegistry(this, typeid, factory, options);
    Object.defineProperty(prototype, typeid, {
      value(this: CoreManager, ...args: unknown[]) {
        return createIn(this, typeid, args);
      },
      configurable: true,
      writable: true,
    });
  }

  /**
   * Starts the process. Resolves when it can be reached.
   *
   * @param initializer Called there first; travels by reference. @param initargs Its arguments.
   * @throws {ProcessError} started or connected before, or shut down. What the initializer threw. What cannot travel of the registered types.
   */
  start(initializer?: Initializer | null, initargs: readonly unknown[] = []): Promise<void> {
    try {
      this.#requireInitial("start");
      if (initializer !== undefined && initializer !== null && typeof initializer !== "function") {
        throw new TypeError(`Cannot start a ${this.#name}: its initializer must be a function, received ${typeof initializer}`);
      }
      const setup: ManagerSetup = { initializer: initializer ?? null, initargs: [...initargs], ...this.#plan() };
      this.#state = "started";
      return this.#starting = observed(this.#start(setup));
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Connects to a manager that runs elsewhere, at the `address` that this one was made with. Both sides prove to the other that they know the `authkey`.
   *
   * @param options `timeout` in milliseconds for connection and proof together (default 10,000), `signal`.
   * @throws {AuthenticationError} the keys differ, or what listens there is no manager of this codec. {@linkcode TimeoutError} it is silent. The system's error
   * (`code` is `"ECONNREFUSED"` when nobody listens). {@linkcode ProcessError} started or connected before.
   */
  connect(options?: WaitOptions): Promise<void> {
    return observed(this.#connect(options));
  }

  async #connect(options: WaitOptions | undefined): Promise<void> {
    checkWaitOptions(options);
    this.#requireInitial("connect");
    if (this.#address === null) throw new ProcessError(`Cannot connect a ${this.#name}: it was made without an address`);
    this.#state = "connected";
    const release = runtime.keepAlive();
    try {
      if (this.#codec === "pickle") return await this.#connectPython(this.#address, options);
      const { channel, ticket } = await connectWithKey(this.#address, this.#authkey, options);
      channel.unref();
      const known = knownLink(ticket.id);
      if (known !== null) channel.close();
      this.#link = known ?? new ServerLink(ticket, null, async () => channel, true);
    } catch (error) {
      this.#state = "initial";
      throw error;
    } finally {
      release();
    }
  }

  /** A server of this manager's types in this very unit. @throws {ProcessError} started or connected before, or shut down. */
  getServer(): Server {
    this.#requireInitial("get the server of");
    return new Server(this.#plan(), this.#binding().makePool);
  }

  /** Where the manager listens; before it does, the address that it was made with, or `null`. */
  get address(): ManagerAddress | null {
    const address = this.#link?.ticket.address ?? this.#served ?? this.#address;
    return address === null ? null : publicAddress(address);
  }

  /** How many objects the manager has. */
  numberOfObjects(): Promise<number> {
    return this.#ask("count the objects");
  }

  /** What the manager has: for each object its name, how many refer to it, and what it is. For people. */
  debugInfo(): Promise<string> {
    return this.#ask("describe the objects");
  }

  /**
   * Ends the manager's process: asks it, then sends SIGTERM, then kills it, each after `shutdownTimeout`. Objects are gone, and every call of a proxy that is pending or comes later rejects
   * with `BrokenPipeError`. Idempotent.
   *
   * @throws {ProcessError} it was not started here.
   */
  shutdown(): Promise<void> {
    if (this.#state === "initial" || this.#state === "connected") {
      return failed(new ProcessError(`Cannot shut down a ${this.#name}: it was not started here`));
    }
    return this.#ending ??= observed(this.#end());
  }

  /** Waits for the end of the manager's process. @param options `timeout` in milliseconds, `signal`. Default: for ever. */
  join(options?: WaitOptions): Promise<void> {
    return observed(this.#join(options));
  }

  async #join(options: WaitOptions | undefined): Promise<void> {
    checkWaitOptions(options);
    if (this.#process === null) throw new ProcessError(`Cannot join a ${this.#name}: it was not started here`);
    await this.#process.join(options);
  }

  /** Shuts it down, if it was started here. Of a Python manager it gives back every proxy, and closes its connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "connected") await this.#python?.dispose();
    if (this.#state === "started" || this.#ending !== null) await this.shutdown();
  }

  /** `<SyncManager started pid=12>`. */
  toString(): string {
    const pid = this.#process?.pid;
    return `<${this.#name} ${this.#state}${typeof pid === "number" ? ` pid=${pid}` : ""}>`;
  }

  /** The same text. */
  [inspectNode](): string {
    return this.toString();
  }

  /** The same for Deno. */
  [inspectDeno](): string {
    return this.toString();
  }

  /** The way to the server. Internal. @throws {ProcessError} there is none. */
  static linkOf(manager: CoreManager, verb: string): ServerLink {
    const link = manager.#link;
    if (link !== null && manager.#state !== "shutdown") return link;
    throw manager.#unreachable(verb);
  }

  /** The client of a manager with the codec `"pickle"`; `null` for another. Internal. @throws {ProcessError} it is not there. */
  static pythonOf(manager: CoreManager, verb: string): PythonManagerClient | null {
    if (manager.#codec === "native") return null;
    if (manager.#python === null || manager.#state === "shutdown") throw manager.#unreachable(verb);
    return manager.#python;
  }

  #unreachable(verb: string): ProcessError {
    const why = this.#state === "shutdown" ? "it has shut down" : "it is not started; await manager.start() or manager.connect() first";
    return new ProcessError(`Cannot ${verb} with a ${this.#name}: ${why}`);
  }

  get #name(): string {
    return this.constructor.name;
  }

  #plan(): ServerPlan {
    return { codec: this.#codec, registry: registryOf(this.constructor), address: this.#address, authkey: this.#authkey };
  }

  #requireInitial(verb: string): void {
    if (this.#state === "initial") return;
    const why = this.#state === "shutdown" ? "it has shut down; make a new one" : `it is ${this.#state}`;
    throw new ProcessError(`Cannot ${verb} a ${this.#name}: ${why}`);
  }

  async #start(setup: ManagerSetup): Promise<void> {
    const { method, context } = this.#binding();
    const process = this.#process = new BaseProcess({ ...context, daemon: true }, method, MANAGER_SERVICE);
    const state = stateOf(process);
    process.name = `${this.#name}-${state.plan.path.join(":")}`;
    const release = runtime.keepAlive();
    try {
      await startWith(process, (carried: Undo[]) => encodeValue(setup, "manager", carried));
      const { service } = await state.lanes();
      this.#channel = service;
      const { address, ticket } = await firstWord(service, process.name);
      this.#served = address;
      removeSocketFileAfter(state.ended, address, () => process.exitcode === 0);
      if (ticket === null) await this.#connectPython(address);
      else this.#link = linkTo(ticket, true);
    } catch (error) {
      this.#state = "shutdown";
      if (state.started !== null && !state.failed) process.terminate({ grace: this.#shutdownTimeout });
      throw error;
    } finally {
      release();
    }
  }

  async #end(): Promise<void> {
    // A start that failed has left nothing to end, and has told its caller.
    await this.#starting?.catch(() => {});
    this.#state = "shutdown";
    const process = this.#process!;
    if (stateOf(process).alive) {
      this.#channel?.send(new Uint8Array(0));
      if (!await endedWithin(process, this.#shutdownTimeout)) process.terminate({ grace: this.#shutdownTimeout });
      await process.join();
    }
    this.#python?.close();
    this.#link?.client.serverEnded();
    // The end of a connection that nobody uses keeps no program alive.
    const release = runtime.keepAlive();
    try {
      await this.#link?.client.closed;
    } finally {
      release();
    }
  }

  async #connectPython(address: Address, options?: WaitOptions): Promise<void> {
    const connect = (limits?: WaitOptions) => connectChannel(address, this.#authkey, limits);
    const client = new PythonManagerClient({ address: publicAddress(address), connect });
    await client.ping(bounded(options));
    this.#python = client;
  }

  #ask<T>(verb: string): Promise<T> {
    try {
      const method = verb.startsWith("count") ? "numberOfObjects" : "debugInfo";
      const python = CoreManager.pythonOf(this, verb);
      if (python !== null) return python[method]() as Promise<T>;
      return CoreManager.linkOf(this, verb).client.call<T>(control, method, [], { verb });
    } catch (error) {
      return failed(error);
    }
  }
}

async function endedWithin(process: BaseProcess, timeout: number): Promise<boolean> {
  return await process.join({ timeout }) !== null;
}

/** Makes an object of a registered type in a manager, and gives its proxy. */
export function createIn(manager: CoreManager, typeid: string, args: readonly unknown[]): Promise<unknown> {
  return observed(created(manager, typeid, args));
}

async function created(manager: CoreManager, typeid: string, args: readonly unknown[]): Promise<unknown> {
  const python = CoreManager.pythonOf(manager, `make a ${typeid}`);
  if (python !== null) {
    const { args: inOrder, kwds } = splitArguments(args);
    return await python.create(typeid, inOrder, kwds);
  }
  const link = CoreManager.linkOf(manager, `make a ${typeid}`);
  const carried: Undo[] = [];
  const registration = registryOf(manager.constructor).get(typeid);
  try {
    const stored = await pack(link, args, "args", carried);
    const verb = `make a ${typeid}`;
    const proxy = await link.client.call<unknown, Uint8Array>(control, "create", [typeid, stored], { verb, read: unpack });
    const wanted = registration?.proxytype ?? null;
    if (wanted === null || !(proxy instanceof BaseProxy) || proxy instanceof wanted) return proxy;
    return new wanted(targetOf(proxy));
  } finally {
    carried.forEach((undo) => undo());
  }
}

/** Makes an object of one of the types of a `SyncManager`. */
export function makeSync(manager: CoreManager, typeid: string, args: readonly unknown[]): Promise<unknown> {
  return observed(synced(manager, typeid, args));
}

async function synced(manager: CoreManager, typeid: string, args: readonly unknown[]): Promise<unknown> {
  if (registryOf(manager.constructor).has(typeid)) return await createIn(manager, typeid, args);
  return await (syncTypes[typeid] as Maker)(CoreManager.linkOf(manager, `make a ${typeid}`), ...args as never[]);
}
