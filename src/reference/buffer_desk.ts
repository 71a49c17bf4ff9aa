/**
 * How a unit reaches the broker of its process: directly where it is the topmost one, else through a port of its own, which is opened at the first use and
 * keeps nobody alive.
 *
 * @module
 */
import { SerializationError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";
import type { ThreadPort } from "../runtime/types.ts";
import { BufferBroker } from "./buffer_broker.ts";

/** What a unit asks of the broker. */
export interface BufferDesk {
  /** A message with a buffer leaves this unit. `buffer`: it is new to the broker. A promise when that has to learn of it first. */
  send(id: string, parcel: string | null, buffer: SharedArrayBuffer | null): void | Promise<void>;
  /** The buffer; `null` when it is not known. Undone by `letGo`. */
  fetch(id: string): SharedArrayBuffer | null | Promise<SharedArrayBuffer | null>;
  /** A message that left some unit was decoded here, or never will be. */
  settle(id: string, parcel: string): void;
  /** A buffer that was fetched, or new to the broker, was collected here. */
  letGo(id: string): void;
}

/** What a thread says to the broker. With a `call` it gets an answer. */
type Request =
  | { type: "send"; call: number; id: string; parcel: string | null; buffer: SharedArrayBuffer | null }
  | { type: "fetch"; call: number; id: string }
  | { type: "settle"; id: string; parcel: string }
  | { type: "letGo"; id: string };

/** The answer to a call. */
interface Answer {
  call: number;
  buffer: SharedArrayBuffer | null;
}

const broker = new BufferBroker();

/** The desk of the topmost unit, which needs to keep nothing for itself. */
const ownDesk: BufferDesk = {
  send(id, parcel, buffer) {
    if (buffer !== null) broker.add(id, buffer);
    broker.send(id, parcel);
  },
  fetch: (id) => broker.find(id),
  settle: (id, parcel) => broker.settle(id, parcel),
  letGo() {},
};

let desk: BufferDesk | null = null;

/** This unit's way to the broker. */
export function bufferDesk(): BufferDesk {
  if (desk !== null) return desk;
  const port = runtime.openUplink();
  return desk = port === null ? ownDesk : deskOver(port);
}

/** Lets the threads that this unit starts, and theirs, reach the broker. To be called before one is started; does nothing in a thread. */
export function serveBuffers(): void {
  runtime.onUplink(serve);
}

/** How many buffers the broker in this unit knows, and how many of them it keeps. */
export function brokerCounts(): BufferBroker["counts"] {
  return broker.counts;
}

function serve(port: ThreadPort): void {
  port.unref();
  port.onClose(() => broker.leave(port));
  port.onMessage((message) => {
    const request = message as Request;
    const { id } = request;
    if (request.type === "send") {
      const { call, parcel, buffer } = request;
      if (buffer !== null) {
        broker.add(id, buffer);
        broker.hold(id, port);
      }
      broker.send(id, parcel);
      port.post({ call, buffer: null } satisfies Answer);
    } else if (request.type === "fetch") {
      const buffer = broker.find(id);
      if (buffer !== null) broker.hold(id, port);
      port.post({ call: request.call, buffer } satisfies Answer);
    } else if (request.type === "settle") broker.settle(id, request.parcel);
    else broker.letGo(id, port);
  });
}

function deskOver(port: ThreadPort): BufferDesk {
  const calls = new Map<number, (answer: Answer | null) => void>();
  let count = 0;
  let isOver = false;
  port.unref();
  port.onMessage((message) => {
    const answer = message as Answer;
    calls.get(answer.call)?.(answer);
    calls.delete(answer.call);
  });
  // The topmost unit is gone, and with it every other one that could be meant.
  port.onClose(() => {
    isOver = true;
    for (const answer of calls.values()) answer(null);
    calls.clear();
  });
  const post = (request: Request) => port.post(request);
  const ask = (request: (call: number) => Request) =>
    new Promise<Answer | null>((resolve) => {
      if (isOver) return resolve(null);
      const call = ++count;
      calls.set(call, resolve);
      post(request(call));
    });
  return {
    async send(id, parcel, buffer) {
      if (await ask((call) => ({ type: "send", call, id, parcel, buffer })) !== null) return;
      throw new SerializationError("Cannot send a SharedArrayBuffer: the main thread of this process has ended");
    },
    fetch: async (id) => (await ask((call) => ({ type: "fetch", call, id })))?.buffer ?? null,
    settle: (id, parcel) => post({ type: "settle", id, parcel }),
    letGo: (id) => post({ type: "letGo", id }),
  };
}
