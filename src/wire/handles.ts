/** The library's own shared objects (queues, locks, connections): how each is reduced to a state and revived from it. @module */

import type { FunctionLike } from "./hooks.ts";

/** One kind of shared object. */
export interface HandleType<T, S> {
  /** Its name on the wire. */
  type: string;
  /** The name of its group, when it belongs to one: see {@linkcode registerHandleGroup}. */
  group?: string;
  /** Its class. An instance of a subclass arrives as one of it; that class then travels by reference, with the instance's own properties. */
  class: abstract new (...args: never[]) => T;
  /** Whether `reduce` and `revive` see to subclasses themselves. */
  carriesClass?: boolean;
  /** Whether an instance can be used from other hosts. Without: never. */
  reachesHosts?(instance: T): boolean;
  /**
   * The state that travels: any wire value.
   *
   * @param wait The message is not complete before every promise given to it has settled.
   * @param carry Takes what undoes this reduction; it is called when the message will never be decoded.
   */
  reduce(instance: T, wait: (pending: Promise<unknown>) => void, carry: (undo: () => void) => void): S;
  /** Makes an object from the state that arrived. */
  revive(state: S): T;
}

/** A handle type whose own types are forgotten: what the encoder and the decoder work with. */
export type AnyHandleType = HandleType<object, unknown>;

const byPrototype = new Map<object, AnyHandleType>();
const byName = new Map<string, AnyHandleType>();

/** Makes a kind of shared object travel. A second registration of the same name replaces the first. */
export function registerHandle<T, S>(type: HandleType<T, S>): void {
  const known = byName.get(type.type);
  if (known !== undefined) byPrototype.delete(known.class.prototype);
  byName.set(type.type, type as unknown as AnyHandleType);
  byPrototype.set(type.class.prototype, type as unknown as AnyHandleType);
  if (type.group !== undefined) loaded.add(type.group);
}

/** How a group is loaded, and whether that goes on. */
interface Group {
  readonly load: () => Promise<unknown>;
  loading: Promise<unknown> | null;
}

const groups = new Map<string, Group>();
const loaded = new Set<string>();

/**
 * Says how to load the handle types of a group, which are not registered before an object of one is made here or arrives: a message with one waits
 * until they are.
 *
 * @param load Registers all of them.
 */
export function registerHandleGroup(name: string, load: () => Promise<unknown>): void {
  if (!groups.has(name)) groups.set(name, { load, loading: null });
}

/** Loads a group; `null` when that is done, or nothing here is called so. */
export function loadHandleGroup(name: string): Promise<unknown> | null {
  const group = groups.get(name);
  if (group === undefined || loaded.has(name)) return null;
  return group.loading ??= group.load().finally(() => (group.loading = null));
}

/** The handle type of an object's class or of the nearest class that it extends. */
export function handleTypeOf(value: object): AnyHandleType | undefined {
  if (byPrototype.size === 0) return undefined;
  for (let proto = Object.getPrototypeOf(value); proto !== null; proto = Object.getPrototypeOf(proto)) {
    const found = byPrototype.get(proto);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Prototypes whose objects are those of the class that they extend, made in another way. */
const variants = new WeakSet<object>();

/** Says that an instance of a class of this library is to arrive as one of the class that it extends. */
export function arrivesAsBase(cls: abstract new (...args: never[]) => object): void {
  variants.add(cls.prototype);
}

/** The class of a program by which a shared object has to arrive; `null` when it is the handle type's own. */
export function subclassOf(value: object, type: AnyHandleType): FunctionLike | null {
  const prototype = Object.getPrototypeOf(value) as { constructor: FunctionLike };
  return type.carriesClass || prototype === type.class.prototype || variants.has(prototype) ? null : prototype.constructor;
}

/** The handle type of that name on the wire. */
export function handleTypeNamed(name: string): AnyHandleType | undefined {
  return byName.get(name);
}
