/** What CPython's managers put into messages besides data: tokens, and proxies as their recipe. @module */
import { type GlobalMeaning, PythonGlobal, type ReduceObject } from "../../wire/pickle/pickle.ts";

const MODULE = "multiprocessing.managers";

/** Where an object of a Python manager is: `multiprocessing.managers.Token`. */
export class PythonToken {
  /** The registered name of its type. */
  typeid: string;
  /** Of its server: a frozen `[host, port]` or a path. */
  address: unknown;
  /** Its identity there. */
  id: string;
  /** As in Python. @param typeid The type's name. @param address The server's. @param id The identity there. */
  constructor(typeid = "", address: unknown = null, id = "") {
    this.typeid = typeid;
    this.address = address;
    this.id = id;
  }
}

/** A proxy in a message: how the other side builds one. */
export class ProxyRecipe {
  /** Whose proxy. */
  readonly token: PythonToken;
  /** The class of proxies in Python, such as `"ListProxy"`. */
  readonly proxytype: string;
  /** The methods, where they travel with it. */
  readonly exposed: readonly string[] | null;
  /** A recipe. @param token Whose proxy. @param proxytype Its class in Python. @param exposed Its methods; `null`: those of the class. */
  constructor(token: PythonToken, proxytype: string, exposed: readonly string[] | null) {
    this.token = token;
    this.proxytype = proxytype;
    this.exposed = exposed;
  }
}

/** The classes of proxies that `multiprocessing.managers` has: a recipe may name these and no other. */
const proxytypes: ReadonlySet<string> = new Set([
  "AutoProxy",
  "ListProxy",
  "DictProxy",
  "SetProxy",
  "NamespaceProxy",
  "ValueProxy",
  "ArrayProxy",
  "AcquirerProxy",
  "ConditionProxy",
  "EventProxy",
  "BarrierProxy",
  "PoolProxy",
  "IteratorProxy",
  "BaseProxy",
]);

const tokenMeaning: GlobalMeaning = {
  call: (args) => args.length === 0 ? new PythonToken() : fill(new PythonToken(), args),
  build: (made, state) => void fill(made as PythonToken, state),
};

function fill(token: PythonToken, parts: unknown): PythonToken {
  const [typeid, address, id] = Array.isArray(parts) ? parts : [];
  if (typeof typeid !== "string" || typeof id !== "string") throw new TypeError("a token has a typeid, an address and an id");
  return Object.assign(token, { typeid, address, id });
}

/** Never called: a class of proxies stands in a recipe, as an argument. */
const proxytypeMeaning: GlobalMeaning = {
  call: () => {
    throw new TypeError("a class of proxies is not called directly");
  },
};

const recipeMeaning: GlobalMeaning = {
  takesGlobals: true,
  call: ([proxytype, token, , kwds]) => {
    if (!(proxytype instanceof PythonGlobal) || proxytype.module !== MODULE || !proxytypes.has(proxytype.name)) {
      throw new TypeError("the class of the proxy is not one of multiprocessing.managers");
    }
    if (!(token instanceof PythonToken)) throw new TypeError("the proxy has no token");
    const exposed = kwds instanceof Map ? kwds.get("exposed") : undefined;
    return new ProxyRecipe(token, proxytype.name, isNames(exposed) ? exposed : null);
  },
};

/** Whether a value is a list or tuple of texts. */
export function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

/** What the globals of CPython's managers mean; `undefined` for others. */
export function findManagerGlobal(module: string, name: string): GlobalMeaning | undefined {
  if (name === "slice" && (module === "builtins" || module === "__builtin__")) return sliceMeaning;
  if (module !== MODULE) return undefined;
  if (name === "Token") return tokenMeaning;
  if (name === "RebuildProxy") return recipeMeaning;
  return proxytypes.has(name) ? proxytypeMeaning : undefined;
}

/** How tokens and recipes are written. */
export const reduceManagerObject: ReduceObject = (object) => {
  if (object instanceof PythonToken) return { global: new PythonGlobal(MODULE, "Token"), args: [object.typeid, object.address, object.id] };
  if (!(object instanceof ProxyRecipe)) return undefined;
  const kwds = object.exposed === null ? {} : { exposed: Object.freeze([...object.exposed]) };
  return {
    global: new PythonGlobal(MODULE, "RebuildProxy"),
    args: [new PythonGlobal(MODULE, object.proxytype), object.token, "pickle", kwds],
  };
};

/** `slice(start, stop, step)`: what stands between the brackets of `items[1:3]`. */
export class PythonSlice {
  readonly #parts: readonly (number | null)[];
  /** As in Python. @param parts Start, stop and step, each an integer or `null`. */
  constructor(parts: readonly unknown[]) {
    this.#parts = [0, 1, 2].map((at) => {
      const part = parts[at] ?? null;
      if (typeof part === "bigint") return Number(part); // such as sys.maxsize, beyond every list
      if (part !== null && !Number.isSafeInteger(part)) throw new TypeError("slice indices must be integers or None");
      return part as number | null;
    });
  }

  /** Which positions of a list of that length it means, in its order. */
  positions(length: number): number[] {
    const step = this.#parts[2] ?? 1;
    if (step === 0) throw new RangeError("slice step cannot be zero");
    const [start, stop] = [this.#place(0, length, step), this.#place(1, length, step)];
    const found: number[] = [];
    for (let at = start; step > 0 ? at < stop : at > stop; at += step) found.push(at);
    return found;
  }

  /** Where it begins (0) or stops (1). */
  #place(part: 0 | 1, length: number, step: number): number {
    const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
    const given = this.#parts[part] ?? null;
    if (given === null) return (part === 0) === (step > 0) ? low : high;
    return Math.min(high, Math.max(low, given < 0 ? given + length : given));
  }

  /** Puts items in its place. */
  assign(items: unknown[], values: readonly unknown[]): void {
    const positions = this.positions(items.length);
    if ((this.#parts[2] ?? 1) === 1) {
      replaceItems(items, this.#place(0, items.length, 1), positions.length, values);
    } else if (positions.length === values.length) {
      positions.forEach((at, i) => items[at] = values[i]);
    } else {
      throw new RangeError(`attempt to assign sequence of size ${values.length} to extended slice of size ${positions.length}`);
    }
  }
}

/** Puts items in the place of some. Not `splice`: engines take no more than some 100,000 arguments. */
export function replaceItems(items: unknown[], start: number, count: number, values: readonly unknown[]): void {
  const behind = items.splice(start).slice(count);
  for (const part of [values, behind]) for (const item of part) items.push(item);
}

const sliceMeaning: GlobalMeaning = { call: (parts) => new PythonSlice(parts) };
