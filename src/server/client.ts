/** A unit's end of the channel to an object server; one for each server, shared by all handles. @module */
import { watchLimits } from "../base/deadline.ts";
import type { Channel } from "../connection/channel.ts";
import { hold, holdWhile, letGo } from "./keep_alive.ts";
import { Outbox } from "./outbox.ts";
import {
  BYE,
  CALL,
  CANCEL,
  type ClientMessage,
  decodeServerFrame,
  DONE,
  FAIL,
  FIND,
  HELLO,
  PARKED,
  PROTOCOL_VERSION,
  RELEASE,
  type ServerMessage,
  SETTLE,
  TAKEN,
  USE,
  VERDICT,
} from "./protocol.ts";
import { type CallOptions, failed, Request } from "./request.ts";

/** What a client needs to name an object to its server. */
export interface ObjectName {
  readonly id: string;
  /** The served class. */
  readonly type: string;
  /** What it is made with, when this is the first that the server hears of it. */
  readonly params: unknown;
  /** Whether it must exist already. */
  readonly finds?: boolean;
  /** The error of a call (`verb`) when the server is gone. */
  lost(verb: string, cause: Error | null): Error;
}

/** Calls objects of one server. Connects at the first call. */
export class ServerClient {
  readonly #connect: () => Promise<Channel>;
  readonly #name: () => string;
  /** What is said is heard, also when the unit ends right after: a confirmation that got lost would deliver an item twice. */
  readonly #outbox = new Outbox<ClientMessage>({ tracked: true });
  readonly #requests = new Map<number, Request>();
  readonly #aliases = new Map<string, number>();
  #nextAlias = 0;
  /** How many handles of this unit refer to an object, by its id; only of servers that count. */
  readonly #handles = new Map<string, number>();
  /** Connecting, or connected. */
  #connecting = false;
  /** Why no call is possible any more. */
  #ended: { cause: Error | null } | null = null;
  #nextRequest = 0;

  /** @param connect Opens the channel. @param name This unit's name, asked for when the channel is open. */
  constructor(connect: () => Promise<Channel>, name: () => string) {
    this.#connect = connect;
    this.#name = name;
    this.closed = new Promise((resolve) => (this.#setClosed = resolve));
  }

  /** Settles when no call is possible any more: the server is gone, or could not be reached. */
  readonly closed: Promise<void>;
  #setClosed: () => void = () => {};

  /** Whether no call is possible any more. */
  get ended(): boolean {
    return this.#ended !== null;
  }

  /** The server has ended. Only a channel can tell of that, and there may be none yet. */
  serverEnded(): void {
    if (!this.#connecting) this.#end(null);
  }

  /** Calls a method. Calls leave in the order in which they were made, and the server begins them in that order. */
  call<T, A = T>(object: ObjectName, method: string, args: readonly unknown[], options: CallOptions<T, A>): Promise<T> {
    const signal = options.wait?.signal;
    if (signal?.aborted || this.#ended !== null) {
      options.onEnd?.();
      return failed(signal?.aborted ? signal.reason : object.lost(options.verb, this.#ended!.cause));
    }
    const request = new Request(this.#nextRequest++, options as CallOptions<unknown>, object);
    if (options.hold !== false) hold();
    this.#requests.set(request.id, request);
    const limited = this.#watch(request);
    this.#push([CALL, request.id, this.#alias(object), method, limited, ...args]);
    return request.promise as Promise<T>;
  }

  /** One handle more; the first one tells the server. For servers that count references. */
  retain(object: ObjectName): void {
    const handles = this.#handles.get(object.id) ?? 0;
    this.#handles.set(object.id, handles + 1);
    if (handles === 0 && this.#ended === null) this.#alias(object);
  }

  /** One handle less; the last one tells the server. */
  release(id: string): void {
    const handles = this.#handles.get(id)! - 1;
    if (handles > 0) return void this.#handles.set(id, handles);
    this.#handles.delete(id);
    const alias = this.#aliases.get(id);
    this.#aliases.delete(id);
    if (this.#ended === null && alias !== undefined) this.#push([RELEASE, alias]);
  }

  /** A reference under way has arrived here, or never will. */
  settle(parcel: string): void {
    if (this.#ended === null) this.#push([SETTLE, parcel]);
  }

  /** This unit has done its work and ends now. */
  sayBye(): void {
    if (this.#connecting && this.#ended === null) this.#push([BYE]);
  }

  /** Arms timeout and signal, if there are any; says whether. */
  #watch(request: Request): boolean {
    const wait = request.options.wait;
    const timeout = wait?.timeout ?? Infinity;
    if (!wait?.signal && (timeout <= 0 || timeout === Infinity)) return false;
    const limits = { timeout: timeout <= 0 ? null : timeout, signal: wait!.signal ?? null };
    request.stopWatch = watchLimits(limits, ({ aborted }) => aborted ? this.#aborted(request) : this.#expired(request));
    return true;
  }

  #expired(request: Request): void {
    if (request.parked) return this.#giveUp(request);
    // Whatever the timeout, the server is asked once: a slow start of the server is no reason to report an empty queue.
    request.expired = true;
    request.stopWatch = watchLimits({ signal: request.options.wait?.signal ?? null }, () => this.#aborted(request));
  }

  #aborted(request: Request): void {
    if (this.#outbox.withdraw((message) => message[0] === CALL && message[1] === request.id)) this.#settleGivenUp(request);
    else this.#giveUp(request);
  }

  #giveUp(request: Request): void {
    if (request.cancelling) return;
    this.#push([CANCEL, request.id]);
    if (request.options.givingUp === "ask") request.cancelling = true;
    else this.#settleGivenUp(request);
  }

  #settleGivenUp(request: Request): void {
    this.#forget(request);
    request.abandon();
  }

  #forget(request: Request): void {
    this.#requests.delete(request.id);
    request.stopWatch();
    if (request.options.hold !== false) letGo();
  }

  #alias(object: ObjectName): number {
    const known = this.#aliases.get(object.id);
    if (known !== undefined) return known;
    const alias = this.#nextAlias++;
    this.#aliases.set(object.id, alias);
    this.#push(object.finds ? [FIND, alias, object.id, object.type] : [USE, alias, object.id, object.type, object.params]);
    return alias;
  }

  #push(message: ClientMessage): void {
    this.#outbox.push(message);
    if (!this.#connecting) this.#open();
  }

  #open(): void {
    this.#connecting = true;
    holdWhile(this.#connect()).then((channel) => {
      channel.unref();
      channel.onFrame((frame) => this.#receive(frame, channel));
      channel.closed.then(({ error }) => this.#end(error));
      this.#outbox.attach(channel, [HELLO, PROTOCOL_VERSION, this.#name()]);
    }).catch((error) => this.#end(error));
  }

  #receive(frame: Uint8Array, channel: Channel): void {
    let messages: ServerMessage[];
    try {
      messages = decodeServerFrame(frame);
    } catch (error) {
      this.#end(error as Error);
      channel.destroy();
      return;
    }
    for (const message of messages) this.#handle(message);
  }

  #handle(message: ServerMessage): void {
    const request = this.#requests.get(message[1]);
    // Given up meanwhile: the server has been told, and takes back what this message brought.
    if (request === undefined) return;
    switch (message[0]) {
      case DONE:
        return this.#done(request, message[2], message[3]);
      case FAIL:
        this.#forget(request);
        return request.fail(message[2]);
      case PARKED:
        request.parked = true;
        if (request.expired) this.#giveUp(request);
        return;
      case VERDICT:
        return this.#verdict(request, message[2]);
    }
  }

  #done(request: Request, value: unknown, delivery: boolean): void {
    if (request.cancelling) {
      request.answer = value;
      return;
    }
    this.#forget(request);
    const late = delivery && request.options.confirm === "read";
    if (delivery && !late) this.#confirm(request.id);
    request.succeed(value);
    if (!late) return;
    const confirm = () => this.#confirm(request.id);
    // Not by the promise's own `then`: this is no look at a failure.
    Promise.prototype.then.call(request.promise, confirm, confirm);
  }

  #confirm(id: number): void {
    if (this.#ended !== null) return;
    const last = this.#outbox.last;
    if (last !== undefined && last[0] === TAKEN) (last[1] as number[]).push(id);
    else this.#push([TAKEN, [id]]);
    this.#outbox.hurry();
  }

  #verdict(request: Request, undone: boolean): void {
    if (undone) return this.#settleGivenUp(request);
    this.#forget(request);
    request.succeed(request.answer);
  }

  #end(cause: Error | null): void {
    if (this.#ended !== null) return;
    this.#ended = { cause };
    this.#setClosed();
    this.#outbox.clear();
    for (const request of [...this.#requests.values()]) {
      this.#forget(request);
      request.fail(request.object.lost(request.options.verb, cause));
    }
  }
}
