/** `list`, `dict` and `Namespace` for Python programs. @module */
import { runAsTarget } from "../../reference/importing.ts";
import { identityOf, isEqual, reprOf } from "./python_equality.ts";
import { bind, type PythonCall, raise, type Referent } from "./referent.ts";
import { PythonSlice, replaceItems } from "./tokens.ts";

type Methods = Record<string, (call: PythonCall) => unknown>;

function indexIn(items: readonly unknown[], index: unknown, what: string): number {
  if (typeof index !== "number" || !Number.isInteger(index)) raise("TypeError", "list indices must be integers or slices");
  const at = index < 0 ? index + items.length : index;
  if (at < 0 || at >= items.length) raise("IndexError", `${what} index out of range`);
  return at;
}

/** Never `Number(value)`: nested lists that share parts would be turned into text first. */
function integer(value: unknown): number {
  return typeof value === "number" && Number.isInteger(value) ? value : raise("TypeError", "an integer is required");
}

/** A list: the given array itself, which the program may use too. */
export function listReferent(items: unknown[]): Referent {
  const find = (value: unknown) => items.findIndex((item) => isEqual(item, value));
  const first = ({ args }: PythonCall) => args[0];
  const repeated = (call: PythonCall) => Array.from({ length: Math.max(0, integer(first(call))) }, () => items).flat();
  const methods: Methods = {
    __getitem__: (call) => {
      const key = first(call);
      return key instanceof PythonSlice ? key.positions(items.length).map((at) => items[at]) : items[indexIn(items, key, "list")];
    },
    __setitem__: ({ args: [key, value] }) => {
      if (!(key instanceof PythonSlice)) return void (items[indexIn(items, key, "list assignment")] = value);
      key.assign(items, listOf(value));
    },
    __delitem__: (call) => {
      const key = first(call);
      if (!(key instanceof PythonSlice)) return void items.splice(indexIn(items, key, "list assignment"), 1);
      for (const at of key.positions(items.length).sort((a, b) => b - a)) items.splice(at, 1);
    },
    __len__: () => items.length,
    __contains__: (call) => find(first(call)) !== -1,
    __add__: (call) => [...items, ...listOf(first(call))],
    __mul__: repeated,
    __rmul__: repeated,
    __imul__: (call) => {
      replaceItems(items, 0, items.length, repeated(call));
    },
    append: (call) => void items.push(first(call)),
    extend: (call) => {
      for (const item of listOf(first(call))) items.push(item);
    },
    insert: ({ args: [at, item] }) => void items.splice(integer(at), 0, item),
    pop: (call) => {
      if (items.length === 0) raise("IndexError", "pop from empty list");
      return items.splice(indexIn(items, first(call) ?? -1, "pop"), 1)[0];
    },
    remove: (call) => {
      const at = find(first(call));
      if (at === -1) raise("ValueError", "list.remove(x): x not in list");
      items.splice(at, 1);
    },
    index: (call) => {
      const [value, start, stop] = call.args;
      const at = new PythonSlice([start, stop]).positions(items.length).find((index) => isEqual(items[index], value));
      return at ?? raise("ValueError", `${reprOf(value)} is not in list`);
    },
    count: (call) => items.filter((item) => isEqual(item, first(call))).length,
    reverse: () => void items.reverse(),
    sort: ({ kwds }) => sort(items, Boolean(kwds.get("reverse"))),
    clear: () => void (items.length = 0),
    copy: () => [...items],
    __reversed__: () => iteratorReferent([...items].reverse()),
  };
  const methodToTypeid = new Map([["__reversed__", "Iterator"]]);
  return { methods: new Map(Object.entries(methods)), methodToTypeid, value: () => items, repr: () => reprOf(items) };
}

/** The items of what Python can iterate over. */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value) || value instanceof Set) return [...value];
  if (value instanceof Map) return [...value.keys()];
  if (typeof value === "string") return [...value];
  return raise("TypeError", "an iterable is required");
}

function sort(items: unknown[], isReversed: boolean): void {
  const isNumber = (item: unknown) => typeof item === "number" || typeof item === "bigint";
  if (!items.every(isNumber) && !items.every((item) => typeof item === "string")) {
    raise("TypeError", "only lists of numbers and lists of texts can be sorted here");
  }
  const comparable = items as (number | string)[];
  const direction = isReversed ? -1 : 1;
  comparable.sort((a, b) => direction * (a < b ? -1 : a > b ? 1 : 0));
}

/** A dict: the given Map itself, which the program may use too. Keys that Python programs set are compared as in Python: equal tuples are one key. */
export function dictReferent(entries: Map<unknown, unknown>): Referent {
  const tuples = new Map<unknown, unknown>();
  for (const key of entries.keys()) if (typeof key === "object") tuples.set(identityOf(key), key);
  /** The key that is there and equal, else this one. */
  const known = (key: unknown): unknown => {
    if (typeof key === "object") return tuples.get(identityOf(key)) ?? key;
    if (entries.has(key)) return key;
    const same = typeof key === "boolean" ? Number(key) : key === 1 || key === 0 ? key === 1 : key; // True == 1
    return entries.has(same) ? same : key;
  };
  const set = (key: unknown, value: unknown) => {
    const at = known(key);
    if (typeof at === "object") tuples.set(identityOf(at), at);
    entries.set(at, value);
  };
  const remove = (key: unknown) => {
    if (typeof key === "object") tuples.delete(identityOf(key));
    return entries.delete(key);
  };
  const update = (from: unknown) => {
    if (from instanceof Map) { for (const [key, value] of from) set(key, value); }
    else for (const pair of listOf(from)) set(...(listOf(pair) as [unknown, unknown]));
  };
  const found = (key: unknown, otherwise: () => unknown) => {
    const at = known(key);
    return entries.has(at) ? entries.get(at) : otherwise();
  };
  const methods: Methods = {
    __getitem__: ({ args: [key] }) => found(key, () => raise("KeyError", key)),
    __setitem__: ({ args: [key, value] }) => set(key, value),
    __delitem__: ({ args: [key] }) => {
      if (!remove(known(key))) raise("KeyError", key);
    },
    __len__: () => entries.size,
    __contains__: ({ args: [key] }) => entries.has(known(key)),
    __iter__: () => iteratorReferent([...entries.keys()]),
    get: (call) => {
      const [key, otherwise = null] = bind(["key", "default"], call);
      return found(key, () => otherwise);
    },
    setdefault: (call) => {
      const [key, value = null] = bind(["key", "default"], call);
      if (!entries.has(known(key))) set(key, value);
      return entries.get(known(key));
    },
    pop: ({ args }) => {
      const value = found(args[0], () => args.length > 1 ? args[1] : raise("KeyError", args[0]));
      remove(known(args[0]));
      return value;
    },
    popitem: () => {
      const last = [...entries].pop() ?? raise("KeyError", "popitem(): dictionary is empty");
      remove(last[0]);
      return Object.freeze(last);
    },
    update: ({ args, kwds }) => {
      if (args.length > 0) update(args[0]);
      update(kwds);
    },
    keys: () => [...entries.keys()],
    values: () => [...entries.values()],
    items: () => Array.from(entries, (pair) => Object.freeze(pair)),
    clear: () => {
      tuples.clear();
      entries.clear();
    },
    copy: () => entries,
  };
  const methodToTypeid = new Map([["__iter__", "Iterator"]]);
  return { methods: new Map(Object.entries(methods)), methodToTypeid, value: () => entries, repr: () => reprOf(entries) };
}

/** An iterator, as Python's `IteratorProxy` uses it. */
export function iteratorReferent(values: unknown): Referent {
  const iterator = iteratorOf(values);
  const methods: Methods = {
    __next__: async () => {
      const { done, value } = await iterator.next();
      return done === true ? raise("StopIteration") : value;
    },
    close: () => void iterator.return?.(),
  };
  return {
    methods: new Map(Object.entries(methods)),
    value: () => raise("TypeError", "cannot pickle 'iterator' object"),
    repr: () => "<iterator object>",
  };
}

function iteratorOf(values: unknown): Iterator<unknown> | AsyncIterator<unknown> {
  const iterable = Object(values) as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
  return iterable[Symbol.asyncIterator]?.() ?? iterable[Symbol.iterator]?.() ?? raise("TypeError", "an iterable is required");
}

/** A Namespace: attributes by name. */
export function namespaceReferent(initial: ReadonlyMap<string, unknown> = new Map()): Referent {
  const attributes = new Map<unknown, unknown>(initial);
  const missing = (name: unknown) => raise("AttributeError", `'Namespace' object has no attribute ${reprOf(name)}`);
  const methods: Methods = {
    __getattribute__: ({ args: [name] }) => attributes.has(name) ? attributes.get(name) : missing(name),
    __setattr__: ({ args: [name, value] }) => void attributes.set(name, value),
    __delattr__: ({ args: [name] }) => {
      if (!attributes.delete(name)) missing(name);
    },
  };
  const repr = () => `Namespace(${Array.from(attributes, ([name, value]) => `${String(name)}=${reprOf(value)}`).sort().join(", ")})`;
  return { methods: new Map(Object.entries(methods)), value: () => raise("TypeError", "cannot pickle 'Namespace' object"), repr };
}

/** An object of a class of the user's: its public methods, with the arguments in order, and those by name as a Map behind them. */
export function instanceReferent(instance: object, exposed: readonly string[]): Referent {
  const methods: Methods = {};
  for (const name of exposed) {
    methods[name] = ({ args, kwds }) => {
      const method = (instance as Record<string, (...args: unknown[]) => unknown>)[name]!;
      return runAsTarget(() => method.apply(instance, kwds.size === 0 ? [...args] : [...args, kwds]));
    };
  }
  const name = instance.constructor.name;
  return { methods: new Map(Object.entries(methods)), value: () => instance, repr: () => `<${name} object>` };
}
