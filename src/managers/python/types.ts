/** What a manager of ours serves to Python programs: registered types, and those of Python's `SyncManager`. @module */
import { JoinableQueue } from "../../queues/joinable_queue.ts";
import { Queue } from "../../queues/queue.ts";
import { runAsTarget } from "../../reference/importing.ts";
import { Barrier } from "../../sync/barrier.ts";
import { Condition } from "../../sync/condition.ts";
import { Event } from "../../sync/event.ts";
import { Lock } from "../../sync/lock.ts";
import { RLock } from "../../sync/rlock.ts";
import { BoundedSemaphore, Semaphore } from "../../sync/semaphore.ts";
import { makeWith, publicMethods, type Registration, type Registry } from "../registry.ts";
import { dictReferent, instanceReferent, iteratorReferent, listOf, listReferent, namespaceReferent } from "./container_referents.ts";
import { bind, type PythonCall, raise, type Referent } from "./referent.ts";
import type { ReferentFactory } from "./server.ts";
import { eventReferent, lockReferent, queueReferent, semaphoreReferent } from "./shared_referents.ts";

const maxsizeOf = (call: Pick<PythonCall, "args" | "kwds">) => (bind(["maxsize"], call)[0] ?? 0) as number;
const valueOf = (call: Pick<PythonCall, "args" | "kwds">) => (bind(["value"], call)[0] ?? 1) as number;

/** What clients may make without a registration, as of a `SyncManager`. */
const builtin: Readonly<Record<string, ReferentFactory>> = {
  list: (call) => listReferent([...listOf(bind(["iterable"], call)[0] ?? [])]),
  dict: ({ args, kwds }) => {
    const dict = dictReferent(new Map());
    dict.methods.get("update")!({ args, kwds, signal: new AbortController().signal });
    return dict;
  },
  Namespace: ({ kwds }) => namespaceReferent(kwds),
  Queue: (call) => queueReferent(new JoinableQueue(maxsizeOf(call))),
  JoinableQueue: (call) => queueReferent(new JoinableQueue(maxsizeOf(call))),
  Event: () => eventReferent(new Event()),
  Lock: () => lockReferent(new Lock()),
  Semaphore: (call) => semaphoreReferent(new Semaphore(valueOf(call))),
  BoundedSemaphore: (call) => semaphoreReferent(new BoundedSemaphore(valueOf(call))),
  Iterator: ({ args: [items] }) => iteratorReferent(items),
};

/** The name under which a referent is known that is the same for every type. */
const EVERY_TYPE = "";

/** The types of a server. An object that a factory gives twice is one object for its clients too; each type exposes its own methods of it. */
export function typesOf(registry: Registry): Map<string, ReferentFactory> {
  const known = new WeakMap<object, Map<string, Referent>>();
  const types = new Map<string, ReferentFactory>(Object.entries(builtin));
  const referentOf = (typeid: string, registration: Registration, made: unknown): Referent => {
    if (made === null || (typeof made !== "object" && typeof made !== "function")) {
      throw new TypeError(`Cannot make a ${typeid}: its factory must return an object, received ${made === null ? "null" : typeof made}`);
    }
    const referents = known.get(made) ?? new Map<string, Referent>();
    known.set(made, referents);
    const found = referents.get(EVERY_TYPE) ?? referents.get(typeid);
    if (found !== undefined) return found;
    const shared = builtinReferent(made);
    const referent = shared ?? registeredReferent(made, registration, types);
    referents.set(shared === null ? typeid : EVERY_TYPE, referent);
    return referent;
  };
  for (const [typeid, registration] of registry) {
    // A class that serves and connects names the type without a factory, to have the method.
    if (registration.factory === null && types.has(typeid)) continue;
    types.set(typeid, async ({ args, kwds }) => {
      const all = kwds.size === 0 ? args : [...args, kwds];
      const [made] = await runAsTarget(() => makeWith(registration, all));
      return referentOf(typeid, registration, made);
    });
  }
  return types;
}

function builtinReferent(object: object): Referent | null {
  if (object instanceof Queue) return queueReferent(object);
  if (object instanceof Event) return eventReferent(object);
  if (object instanceof Lock) return lockReferent(object);
  if (object instanceof Semaphore) return semaphoreReferent(object);
  if (object instanceof Map) return dictReferent(object);
  if (Array.isArray(object)) return listReferent(object);
  if (object instanceof RLock || object instanceof Condition || object instanceof Barrier) {
    const name = object.constructor.name;
    throw new TypeError(
      `Cannot serve a ${name} to Python programs: what it grants belongs to the task that asks, and Python's threads are none`,
    );
  }
  return null;
}

function registeredReferent(
  object: object,
  { exposed, methodToTypeid }: Registration,
  types: ReadonlyMap<string, ReferentFactory>,
): Referent {
  return withTypes(instanceReferent(object, exposed ?? publicMethods(object)), Object.entries(methodToTypeid ?? {}), types);
}

/** Some methods leave their result here: as an object of a type. */
function withTypes(
  referent: Referent,
  results: readonly [method: string, typeid: string][],
  types: ReadonlyMap<string, ReferentFactory>,
): Referent {
  const methods = new Map(referent.methods);
  for (const [method, typeid] of results) {
    const call = methods.get(method);
    if (call === undefined) continue;
    methods.set(method, async (given) => {
      const make = types.get(typeid) ?? raise("KeyError", typeid);
      return await make({ args: [await call(given)], kwds: new Map() });
    });
  }
  return { ...referent, methods, methodToTypeid: new Map(results) };
}
