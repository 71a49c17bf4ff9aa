/** The types of a `SyncManager`: how each is made in a manager's server. @module */
import { JoinableQueue } from "../queues/joinable_queue.ts";
import { Queue } from "../queues/queue.ts";
import { madeIn, ServedRef } from "../server/handle.ts";
import type { ServerLink } from "../server/local_server.ts";
import { kindOf, storedElements, type Typecode } from "../sharedctypes/typecodes.ts";
import { Barrier } from "../sync/barrier.ts";
import { Condition } from "../sync/condition.ts";
import { Event } from "../sync/event.ts";
import { Lock } from "../sync/lock.ts";
import { RLock } from "../sync/rlock.ts";
import { BoundedSemaphore, Semaphore } from "../sync/semaphore.ts";
import { ArrayProxy } from "./array_proxy.ts";
import { ask, type Target } from "./base_proxy.ts";
import { DictProxy, type Mapping } from "./dict_proxy.ts";
import { entriesOf } from "./entries.ts";
import { ListProxy } from "./list_proxy.ts";
import { NamespaceProxy } from "./namespace_proxy.ts";
import { SetProxy } from "./set_proxy.ts";
import { ValueProxy } from "./value_proxy.ts";

/** Makes an object in a server. */
export type Maker = (link: ServerLink, ...args: never[]) => Promise<object>;

/** Ours, bound to a manager's server: they mean the same there. */
// deno-lint-ignore no-explicit-any -- classes of any parameters
function ordinary(cls: new (...args: any[]) => object): Maker {
  return async (link, ...args) => madeIn(link, () => new cls(...args));
}

function target(link: ServerLink, typeid: string, type: string, params: unknown = null): Target {
  return { ref: madeIn(link, () => ServedRef.create(type, params)), typeid, exposed: [] };
}

/** A new proxy with contents, which are there before anybody else can see it. */
async function filled<P extends object>(proxy: P, fill: (proxy: P) => Promise<unknown>): Promise<P> {
  await fill(proxy);
  return proxy;
}

/** The types by their names. */
export const syncTypes: Readonly<Record<string, Maker>> = {
  Queue: ordinary(Queue),
  JoinableQueue: ordinary(JoinableQueue),
  Event: ordinary(Event),
  Lock: ordinary(Lock),
  RLock: ordinary(RLock),
  Semaphore: ordinary(Semaphore),
  BoundedSemaphore: ordinary(BoundedSemaphore),
  Condition: ordinary(Condition),
  Barrier: ordinary(Barrier),
  list: (link, values: Iterable<unknown> = []) =>
    filled(new ListProxy(target(link, "list", "ListProxy")), (list) => list.extend(iterableOf(values, "list"))),
  dict: async (link, mapping: Mapping<unknown, unknown> = []) => {
    const entries = entriesOf(mapping, "Cannot make a dict");
    return await filled(new DictProxy(target(link, "dict", "DictProxy")), (dict) => dict.update(entries));
  },
  set: (link, members: Iterable<unknown> = []) =>
    filled(new SetProxy(target(link, "set", "SetProxy")), (set) => set.update(iterableOf(members, "set"))),
  Namespace: (link, attributes: Record<string, unknown> = {}) =>
    filled(
      new NamespaceProxy(target(link, "Namespace", "NamespaceProxy")),
      (ns) => Promise.all(entriesOf(attributes, "Cannot make a Namespace").map(([name, value]) => ns.set(name as string, value))),
    ),
  Value: async (link, typecode: Typecode, value: unknown) => {
    kindOf(typecode, "make", "a Value");
    return await filled(new ValueProxy(target(link, "Value", "ValueProxy")), (cell) => cell.set(value));
  },
  Array: async (link, typecode: Typecode, sizeOrInitializer: number | Iterable<unknown>) => {
    kindOf(typecode, "make", "an Array");
    const initial = typeof sizeOrInitializer === "number"
      ? null
      : storedElements(typecode, iterableOf(sizeOrInitializer, "Array"), "make an Array");
    const length = initial?.length ?? sizeOrInitializer as number;
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new RangeError(`Cannot make an Array: its length must be an integer from 0 on, received ${length}`);
    }
    const array = new ArrayProxy(target(link, "Array", "ArrayProxy", { typecode, length }));
    return await filled(array, () => ask(array, "fill", [0, initial ?? []]));
  },
};

function iterableOf(values: unknown, typeid: string): Iterable<unknown> {
  if (typeof (values as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === "function") return values as Iterable<unknown>;
  throw new TypeError(`Cannot make a ${typeid}: it takes an iterable, received ${values === null ? "null" : typeof values}`);
}
