/** The types of managers: what is registered with which class. @module */
import { kindOf, textOf } from "../reference/describe.ts";
import { BaseProxy, type ProxyTarget } from "./base_proxy.ts";

/** Makes an object: a class, which is constructed, or a function, which is called and may return a promise. */
// deno-lint-ignore no-explicit-any -- a type of the user's, with parameters of its own
export type Factory = (new (...args: any[]) => object) | ((...args: any[]) => unknown);

/** A class of proxies. */
export type ProxyClass = new (target: ProxyTarget) => BaseProxy;

/** How a type is served. */
export interface RegisterOptions {
  /** The methods that clients may call. Default: the public ones, without a leading `_`. */
  exposed?: readonly string[];
  /** The class of its proxies, exported like the type itself. Default: `AutoProxy`. */
  proxytype?: ProxyClass;
  /** Methods that give a proxy, and the type of what they return: a registered one, `"Iterator"`, or one of `SyncManager`'s. */
  methodToTypeid?: Readonly<Record<string, string>>;
}

/** A registered type, as it travels to the server. */
export interface Registration {
  readonly factory: Factory | null;
  readonly exposed: readonly string[] | null;
  readonly proxytype: ProxyClass | null;
  readonly methodToTypeid: Readonly<Record<string, string>> | null;
}

/** Registrations by type. */
export type Registry = ReadonlyMap<string, Registration>;

const own = new WeakMap<object, Map<string, Registration>>();

/** Everything that is registered with a class or with what it extends. */
export function registryOf(cls: object): Map<string, Registration> {
  const all = new Map<string, Registration>();
  for (let at: object | null = cls; at !== null && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    for (const [typeid, registration] of own.get(at) ?? []) if (!all.has(typeid)) all.set(typeid, registration);
  }
  return all;
}

/** Notes a type. @throws {TypeError} for an option that cannot be. */
export function addToRegistry(cls: object, typeid: string, factory: unknown, options: RegisterOptions): void {
  const fail = (rule: string, received: unknown): never => {
    throw new TypeError(`Cannot register a type: ${rule}, received ${received === null ? "null" : typeof received}`);
  };
  if (typeof typeid !== "string" || typeid === "") fail("its name must be a text", typeid);
  if (factory !== undefined && factory !== null && typeof factory !== "function") fail("it must be a class or a function", factory);
  if (options === null || typeof options !== "object") fail("options must be an object such as { exposed }", options);
  const { exposed, proxytype, methodToTypeid } = options;
  if (exposed !== undefined && !(Array.isArray(exposed) && exposed.every((name) => typeof name === "string"))) {
    fail("exposed must be an array of names", exposed);
  }
  if (proxytype !== undefined && proxytype !== null && !isProxyClass(proxytype)) {
    const received = typeof proxytype === "function" ? proxytype.name || "another function" : typeof proxytype;
    throw new TypeError(`Cannot register a type: proxytype must be a class that extends BaseProxy, received ${received}`);
  }
  if (methodToTypeid !== undefined && !isTextRecord(methodToTypeid)) fail("methodToTypeid must be an object of names", methodToTypeid);
  const mine = own.get(cls) ?? new Map<string, Registration>();
  own.set(cls, mine);
  mine.set(typeid, {
    factory: (factory ?? null) as Factory | null,
    exposed: exposed ?? null,
    proxytype: proxytype ?? null,
    methodToTypeid: methodToTypeid ?? null,
  });
}

function isProxyClass(value: unknown): boolean {
  return typeof value === "function" && (value === BaseProxy || value.prototype instanceof BaseProxy);
}

function isTextRecord(value: unknown): boolean {
  return value !== null && typeof value === "object" && Object.values(value).every((name) => typeof name === "string");
}

/** The public methods of an object: its own and those that it inherits, without a leading `_`. */
export function publicMethods(object: object): string[] {
  const names = new Set<string>();
  for (let at: object | null = object; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === "function" && name !== "constructor" && !name.startsWith("_")) names.add(name);
    }
  }
  return [...names];
}

/**
 * Makes an object. Without a factory it is what was given, as in Python: a result that becomes a proxy.
 *
 * @returns It, in an array: an object of a class may have a method `then`, and is no promise for that.
 */
export async function makeWith({ factory }: Registration, args: readonly unknown[]): Promise<[made: unknown]> {
  if (factory === null) return [args[0]];
  if (isClass(factory)) return [new (factory as new (...args: unknown[]) => object)(...args)];
  return [await (factory as (...args: unknown[]) => unknown)(...args)];
}

/** Of the runtime's own functions only classes have a prototype: `Map`. */
function isClass(factory: Factory): boolean {
  return kindOf(factory as never) === "class" ||
    (/\{\s*\[native code\]\s*\}$/.test(textOf(factory as never)) && factory.prototype !== undefined);
}
