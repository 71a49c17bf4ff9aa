/**
 * What the wire format plugs in for `SharedArrayBuffer`: the bytes of a message carry a name, the broker of the process (`buffer_broker.ts`) the buffer.
 *
 * @module
 */
import { hex } from "../base/hex.ts";
import { SerializationError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";
import type { PlainValue, SharedMemoryHooks } from "../wire/hooks.ts";
import { bufferDesk } from "./buffer_desk.ts";

/** A buffer in a message. */
interface BufferReference {
  readonly pid: number;
  readonly id: string;
  /** Names the message, if it will be decoded once: with that the buffer has arrived. */
  readonly parcel: string | null;
}

const ID_BYTES = 8;

/** The names of the buffers that this unit has. */
const names = new WeakMap<SharedArrayBuffer, string>();
/** And back, so that a buffer which this unit has arrives as the same object. */
const buffers = new Map<string, WeakRef<SharedArrayBuffer>>();
const collected = new FinalizationRegistry<string>((id) => {
  // It may have come again meanwhile, as another object.
  if (buffers.get(id)?.deref() === undefined) buffers.delete(id);
  bufferDesk().letGo(id);
});
/** Those that this unit is asking for. */
const fetching = new Map<string, Promise<SharedArrayBuffer>>();
let parcels = 0;

/** For messages that are decoded once. */
export const sentOnce: SharedMemoryHooks = {
  refer(buffer, _where, carry) {
    const parcel = `${runtime.threadId}.${++parcels}`;
    return send(buffer, parcel, (id) => carry(() => bufferDesk().settle(id, parcel)));
  },
  resolve,
};

/** For messages of which nobody knows how often they will be decoded: their buffers stay until the process ends. */
export const sentOften: SharedMemoryHooks = {
  refer: (buffer) => send(buffer, null, () => {}),
  resolve,
};

function send(buffer: SharedArrayBuffer, parcel: string | null, named: (id: string) => void): PlainValue | Promise<PlainValue> {
  const known = names.get(buffer);
  const id = known ?? hex(runtime.randomBytes(ID_BYTES));
  if (known === undefined) remember(id, buffer);
  named(id);
  const reference = { pid: runtime.pid, id, parcel };
  return bufferDesk().send(id, parcel, known === undefined ? buffer : null)?.then(() => reference) ?? reference;
}

function resolve(reference: PlainValue): SharedArrayBuffer | Promise<SharedArrayBuffer> {
  const { pid, id, parcel } = checkedReference(reference);
  if (pid !== runtime.pid) throw unreachable(`one of the process ${pid}`);
  const arrived = (buffer: SharedArrayBuffer) => {
    if (parcel !== null) bufferDesk().settle(id, parcel);
    return buffer;
  };
  const known = buffers.get(id)?.deref();
  if (known !== undefined) return arrived(known);
  const found = fetching.get(id) ?? fetched(id);
  return found instanceof Promise ? found.then(arrived) : arrived(found);
}

function fetched(id: string): SharedArrayBuffer | Promise<SharedArrayBuffer> {
  const came = (buffer: SharedArrayBuffer | null) => {
    if (buffer === null) throw unreachable("one that no unit of this process has any more");
    remember(id, buffer);
    return buffer;
  };
  const answer = bufferDesk().fetch(id);
  if (!(answer instanceof Promise)) return came(answer);
  const coming = answer.then(came).finally(() => fetching.delete(id));
  fetching.set(id, coming);
  return coming;
}

function remember(id: string, buffer: SharedArrayBuffer): void {
  names.set(buffer, id);
  buffers.set(id, new WeakRef(buffer));
  collected.register(buffer, id);
}

function checkedReference(reference: PlainValue): BufferReference {
  const { pid, id, parcel } = (reference ?? {}) as Partial<BufferReference>;
  if (Number.isSafeInteger(pid) && typeof id === "string" && (parcel === null || typeof parcel === "string")) {
    return { pid: pid!, id, parcel };
  }
  throw new SerializationError("Cannot receive a SharedArrayBuffer: its reference is none of this version of the library");
}

function unreachable(received: string): SerializationError {
  const fix =
    'Share a Value or an Array of mp.getContext("spawn") or a SharedMemory with other processes, or send a copy:\n  new Uint8Array(shared).slice()';
  return new SerializationError(
    `Cannot receive a SharedArrayBuffer: shared memory travels only between threads of one process, received ${received}\n${fix}`,
  );
}
