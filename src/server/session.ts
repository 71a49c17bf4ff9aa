/** One client of an object server: its calls, what was delivered to it, and the give-back at its end. @module */
import type { Channel } from "../connection/channel.ts";
import { RemoteError } from "../base/errors.ts";
import { WaitCancelled } from "../base/wait_queue.ts";
import { Outbox } from "./outbox.ts";
import {
  BYE,
  CALL,
  CANCEL,
  type ClientMessage,
  decodeClientFrame,
  DONE,
  encodeFrame,
  FAIL,
  FIND,
  HELLO,
  PARKED,
  PROTOCOL_VERSION,
  ProtocolError,
  RELEASE,
  type ServerMessage,
  SETTLE,
  TAKEN,
  USE,
  VERDICT,
} from "./protocol.ts";
import type { Counted, Parcels } from "./parcels.ts";
import { Call, type Client, Delivery, type ServedObject } from "./served.ts";

/** An object as a session finds it: the methods that its class exposes, checked once. */
export interface Hosted extends Counted {
  readonly id: string;
  readonly type: string;
  readonly object: ServedObject;
  readonly methods: ReadonlyMap<string, (call: Call, ...args: readonly unknown[]) => unknown>;
}

type CallMessage = Extract<ClientMessage, readonly [typeof CALL, ...unknown[]]>;

/** What a session needs of its server. */
export interface SessionHost {
  readonly parcels: Parcels;
  /** The object of an id; made at first use. @throws when there is no such type, or the params are wrong. */
  find(id: string, type: string, params: unknown): Hosted;
  /** The object of an id, if it exists. */
  lookUp(id: string, type: string): Hosted | null;
  /** One reference less. */
  release(hosted: Hosted): void;
}

/** The server's end of one client's channel. */
export class Session implements Client {
  /** The unit's name, from its `HELLO`. */
  name = "";
  readonly #channel: Channel;
  readonly #host: SessionHost;
  readonly #outbox = new Outbox<ServerMessage>({ tracked: false });
  /** `null`: asked for, and not there. */
  readonly #objects = new Map<number, Hosted | null>();
  /** Released, but perhaps held. */
  readonly #former = new Set<Hosted>();
  /** Calls that wait. */
  readonly #waiting = new Map<number, Call>();
  /** Delivered, not yet confirmed. */
  readonly #delivered = new Map<number, Delivery<unknown>>();
  #greeted = false;
  /** It has said that it ends. */
  #inOrder = false;
  #ended = false;

  /** @param channel To the client. @param host The server. */
  constructor(channel: Channel, host: SessionHost) {
    this.#channel = channel;
    this.#host = host;
    // Clients decide what keeps whom alive; a server waits for nobody.
    channel.unref();
    this.#outbox.attach(channel);
    channel.onFrame((frame) => this.#receive(frame));
    channel.closed.then(() => this.#end());
  }

  /** Ends the channel: what was said still leaves. */
  disconnect(): void {
    this.#channel.close();
  }

  /** The object does not exist any more. */
  forget(hosted: Hosted): void {
    this.#former.delete(hosted);
  }

  #receive(frame: Uint8Array): void {
    if (this.#ended) return;
    try {
      for (const message of decodeClientFrame(frame)) this.#handle(message);
    } catch (error) {
      // Only foreign data gets here: errors of methods are answered. This client is cut off, the others live on.
      this.#end();
      this.#channel.destroy();
      if (!(error instanceof ProtocolError)) throw error;
    }
  }

  #handle(message: ClientMessage): void {
    if (!this.#greeted) return this.#greet(message);
    switch (message[0]) {
      case CALL:
        return this.#call(message);
      case TAKEN:
        for (const request of message[1]) this.#taken(request);
        return;
      case CANCEL:
        return this.#cancel(message[1]);
      case USE:
        return this.#refer(message[1], () => this.#host.find(message[2], message[3], message[4]));
      case FIND:
        return this.#refer(message[1], () => this.#host.lookUp(message[2], message[3]));
      case RELEASE:
        return this.#release(message[1]);
      case SETTLE:
        return this.#host.parcels.settle(message[1]);
      case BYE:
        this.#inOrder = true;
        return;
      case HELLO:
        throw new ProtocolError("Cannot serve a client: it said HELLO twice");
    }
  }

  #greet(message: ClientMessage): void {
    if (message[0] !== HELLO || message[1] !== PROTOCOL_VERSION) {
      throw new ProtocolError(
        `Cannot serve a client: it must begin with HELLO, version ${PROTOCOL_VERSION}, received ${message[0]}, ${message[1]}`,
      );
    }
    this.#greeted = true;
    this.name = message[2];
  }

  #refer(alias: number, find: () => Hosted | null): void {
    let hosted: Hosted | null;
    try {
      if (this.#objects.has(alias)) throw new ProtocolError(`Cannot serve an object: the number ${alias} is taken`);
      hosted = find();
    } catch (cause) {
      throw new ProtocolError("Cannot serve an object: it is none, or of another type", { cause });
    }
    if (hosted !== null) hosted.references++;
    this.#objects.set(alias, hosted);
  }

  #release(alias: number): void {
    const hosted = this.#objects.get(alias);
    if (hosted === undefined) throw new ProtocolError(`Cannot release object ${alias}: there is none`);
    this.#objects.delete(alias);
    if (hosted === null) return;
    if (hosted.references > 1) this.#former.add(hosted);
    this.#host.release(hosted);
  }

  #call([, request, alias, name, limited, ...args]: CallMessage): void {
    const hosted = this.#objects.get(alias);
    if (hosted === null) {
      return this.#fail(request, new RemoteError(`Cannot call ${name}(): the object is gone, for nobody referred to it any more`));
    }
    const method = hosted?.methods.get(name);
    if (method === undefined) throw new ProtocolError(`Cannot call ${name}: object ${alias} has no such method`);
    if (this.#waiting.has(request) || this.#delivered.has(request)) {
      throw new ProtocolError(`Cannot call ${name}: request ${request} is taken`);
    }
    const call = new Call(this, limited);
    let answer: unknown;
    try {
      answer = method.call(hosted!.object, call, ...args);
    } catch (error) {
      return this.#fail(request, error);
    }
    if (!(answer instanceof Promise)) return this.#answer(request, answer);
    this.#waiting.set(request, call);
    if (limited) this.#outbox.push([PARKED, request]);
    answer.then((value) => this.#answerLate(request, call, value), (error) => this.#failLate(request, call, error));
  }

  #answer(request: number, answer: unknown): void {
    const delivery = answer instanceof Delivery;
    if (delivery) this.#delivered.set(request, answer);
    this.#outbox.push([DONE, request, delivery ? answer.value : answer, delivery]);
  }

  #answerLate(request: number, call: Call, answer: unknown): void {
    this.#waiting.delete(request);
    if (call.gaveUp === null) return this.#answer(request, answer);
    // It was woken and gave up in the same turn: what it was given goes back. Any other answer tells of what has been done.
    const delivery = answer instanceof Delivery;
    const undone = delivery && answer.giveBack(call.gaveUp);
    if (this.#ended) return;
    if (!undone) this.#outbox.push([DONE, request, delivery ? answer.value : answer, false]);
    this.#outbox.push([VERDICT, request, undone]);
  }

  #fail(request: number, error: unknown): void {
    this.#outbox.push([FAIL, request, travelling(error)]);
  }

  #failLate(request: number, call: Call, error: unknown): void {
    this.#waiting.delete(request);
    if (this.#ended) return;
    if (call.gaveUp !== null && error instanceof WaitCancelled) this.#outbox.push([VERDICT, request, true]);
    else this.#fail(request, error);
  }

  #taken(request: number): void {
    this.#delivered.get(request)?.taken();
    this.#delivered.delete(request);
  }

  #cancel(request: number): void {
    const call = this.#waiting.get(request);
    if (call !== undefined) return call.giveUp("cancelled");
    const delivery = this.#delivered.get(request);
    this.#delivered.delete(request);
    this.#outbox.push([VERDICT, request, delivery?.giveBack("cancelled") ?? false]);
  }

  /** Gives everything back: first the waiters leave their lines, so that nothing goes to a client that is gone. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const call of [...this.#waiting.values()]) call.giveUp("gone");
    for (const delivery of [...this.#delivered.values()]) delivery.giveBack("gone");
    this.#delivered.clear();
    const referred = [...this.#objects.values()].filter((hosted) => hosted !== null);
    for (const { object } of new Set([...referred, ...this.#former])) object.clientGone(this, this.#inOrder);
    for (const hosted of referred) this.#host.release(hosted);
    this.#objects.clear();
    this.#former.clear();
  }
}

/** The error itself, or what can be said of it when it cannot travel. */
function travelling(error: unknown): unknown {
  try {
    encodeFrame([[FAIL, 0, error]]);
    return error;
  } catch {
    return new RemoteError(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
}
