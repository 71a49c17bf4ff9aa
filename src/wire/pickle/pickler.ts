/** Values as CPython's pickle. @module */
import { Nesting } from "../nesting.ts";
import { depthRefusal, detachedRefusal, functionRefusal, MapValue, NamedPart, pathText, type Step, symbolRefusal } from "../refuse.ts";
import { reduceTypedArray } from "./arrays.ts";
import { reduceError } from "./exceptions.ts";
import { type PickleReduction, PythonGlobal, type ReduceObject } from "./global.ts";
import { findUnhashable } from "./hashable.ts";
import * as op from "./opcodes.ts";
import { PickleWriter } from "./pickle_writer.ts";
import { endlessTuple, noPickle, unhashable } from "./refusals.ts";

/** What a caller sets for one message. */
export interface PicklerOptions {
  protocol: number;
  where: string;
  maxDepth: number;
  reduce: ReduceObject | undefined;
}

/** How many items CPython hands over at once. */
const BATCH = 1000;

const TUPLES = [op.EMPTY_TUPLE, op.TUPLE1, op.TUPLE2, op.TUPLE3] as const;

/** How a tuple or a frozenset is written. */
interface Whole {
  count: number;
  /** Writes a part. */
  write(at: number): void;
  /** Makes it of the parts. */
  make(): void;
  /** Drops the parts. */
  drop(): void;
}

/** Writes one pickle. */
export class Pickler extends PickleWriter {
  readonly #options: PicklerOptions;
  readonly #nesting = new Nesting((limit) => depthRefusal(this.#path(), limit));
  readonly #trail: Step[] = [];
  readonly #memo = new Map<object | string, number>();
  /** Tuples (and frozensets) being written, and how often: one that leads back to itself through a list is begun twice, as CPython does. */
  readonly #open = new Map<object, number>();
  readonly #hashable = new Set<object>();
  /** Globals that were written, by their names: the first of each stands for it in the memo. */
  readonly #globals = new Map<string, PythonGlobal>();

  constructor(options: PicklerOptions) {
    super(options.protocol);
    this.#options = options;
    this.#nesting.reset(options.maxDepth);
  }

  /** The message of a value. @throws {SerializationError} */
  dump(value: unknown): Uint8Array<ArrayBuffer> {
    this.#value(value, "");
    return this.finish();
  }

  #path(): string {
    return pathText(this.#options.where, this.#trail.slice(1, this.#nesting.depth + 1));
  }

  #value(value: unknown, step: Step): void {
    switch (typeof value) {
      case "number":
        return this.pythonNumber(value);
      case "string":
        return this.#string(value);
      case "boolean":
        return this.byte(value ? op.NEWTRUE : op.NEWFALSE);
      case "undefined":
        return this.byte(op.NONE);
      case "bigint":
        return this.pythonInt(value);
    }
    if (value === null) return this.byte(op.NONE);
    this.#trail[this.#nesting.depth] = step;
    if (typeof value === "symbol") throw symbolRefusal(this.#path(), value);
    if (typeof value === "function") throw functionRefusal(this.#path(), value);
    this.#object(value as object);
  }

  #string(text: string): void {
    if (this.#recalled(text)) return;
    this.pythonStr(text);
    this.#remember(text);
  }

  /** Writes a reference to what was written before, if it was. */
  #recalled(key: object | string): boolean {
    const index = this.#memo.get(key);
    if (index === undefined) return false;
    this.recall(index);
    return true;
  }

  #remember(key: object | string): void {
    this.memoize(this.#memo.size);
    this.#memo.set(key, this.#memo.size);
  }

  #object(value: object): void {
    if (this.#recalled(value)) return;
    if (Array.isArray(value)) return Object.isFrozen(value) ? this.#tuple(value) : this.#list(value);
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Set) return Object.isFrozen(value) ? this.#frozenset(value) : this.#set(value);
    if (value instanceof Uint8Array) return this.#bytes(value, value);
    if (value instanceof ArrayBuffer) return this.#bytes(value, this.#viewOf(value));
    if (value instanceof PythonGlobal) return this.#global(value);
    const reduction = this.#options.reduce?.(value) ?? this.#ownReduction(value);
    if (reduction !== undefined) return this.#reduced(value, reduction);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) throw noPickle(this.#path(), value);
    this.#dict(value, Object.entries(value).flat(), (key) => key as string);
  }

  #ownReduction(value: object): PickleReduction | undefined {
    if (value instanceof Error) return reduceError(value);
    if (!ArrayBuffer.isView(value)) return undefined;
    this.#viewOf(value.buffer);
    return reduceTypedArray(value);
  }

  #viewOf(buffer: ArrayBufferLike): Uint8Array {
    try {
      return new Uint8Array(buffer);
    } catch {
      throw detachedRefusal(this.#path(), buffer); // the only reason why a view on a buffer can fail
    }
  }

  /** Writes `count` parts, one after the other, however deep they are: what follows a part is written with the next one. */
  #sequence(count: number, write: (at: number) => void): void {
    let at = 0;
    this.#nesting.walk({ left: count, step: () => write(at++) });
  }

  #list(items: readonly unknown[]): void {
    this.byte(op.EMPTY_LIST);
    this.#remember(items);
    this.#batches(items.length, 1, op.APPEND, op.APPENDS, (at) => this.#value(items[at], at));
  }

  #map(map: Map<unknown, unknown>): void {
    const parts: unknown[] = [];
    for (const [key, value] of map) parts.push(key, value);
    this.#dict(map, parts, (key) => new MapValue(key));
  }

  #dict(object: object, parts: readonly unknown[], step: (key: unknown) => Step): void {
    this.byte(op.EMPTY_DICT);
    this.#remember(object);
    this.#batches(parts.length, 2, op.SETITEM, op.SETITEMS, (at) => {
      if (at % 2 === 0) this.#key(parts[at], new NamedPart(` key ${at / 2}`));
      else this.#value(parts[at], isPrimitive(parts[at]) ? "" : step(parts[at - 1]));
    });
  }

  /** Items in the batches of CPython. @param width How many parts make one item. */
  #batches(count: number, width: number, single: number, many: number, write: (at: number) => void): void {
    if (count === 0) return;
    const size = BATCH * width;
    const end = () => this.byte(count === width ? single : many);
    this.#sequence(count + 1, (at) => {
      if (at === count) return end();
      if (at % size === 0) {
        if (at > 0) end();
        if (count > width) this.byte(op.MARK);
      }
      write(at);
    });
  }

  #set(set: Set<unknown>): void {
    const items = [...set];
    if (!this.isModern) return this.#setByCall(set, "set", items);
    this.byte(op.EMPTY_SET);
    this.#remember(set);
    this.#batches(items.length, 1, op.ADDITEMS, op.ADDITEMS, (at) => {
      if (items.length === 1) this.byte(op.MARK); // there is no opcode for a single item
      this.#key(items[at], new NamedPart(` item ${at}`));
    });
  }

  #frozenset(set: Set<unknown>): void {
    const items = [...set];
    if (!this.isModern) return this.#setByCall(set, "frozenset", items);
    this.byte(op.MARK);
    this.#whole(set, {
      count: items.length,
      write: (at) => this.#key(items[at], new NamedPart(` item ${at}`)),
      make: () => this.byte(op.FROZENSET),
      drop: () => this.byte(op.POP_MARK),
    });
  }

  /** Protocols 2 and 3 have no sets: they call the class with a list. */
  #setByCall(set: Set<unknown>, name: string, items: unknown[]): void {
    this.#nesting.depth++; // the list is no part of the path
    for (const [at, item] of items.entries()) this.#checkKey(item, new NamedPart(` item ${at}`));
    this.#nesting.depth--;
    this.#reduced(set, { global: new PythonGlobal("builtins", name), args: [items] });
  }

  #tuple(items: readonly unknown[]): void {
    const { length } = items;
    if (length === 0) return this.byte(op.EMPTY_TUPLE);
    if (length > 3) this.byte(op.MARK);
    this.#whole(items, {
      count: length,
      write: (at) => this.#value(items[at], at),
      make: () => this.byte(TUPLES[length] ?? op.TUPLE),
      drop: () => {
        for (let i = 0; i < (length > 3 ? 1 : length); i++) this.byte(length > 3 ? op.POP_MARK : op.POP);
      },
    });
  }

  /**
   * Writes something that exists only when all its parts do. Where one of them leads back to it, it was written and remembered
   * in there, and the parts out here are dropped, as CPython does.
   */
  #whole(object: object, { count, write, make, drop }: Whole): void {
    const opened = this.#open.get(object) ?? 0;
    if (opened === 2) throw endlessTuple(this.#path(), object);
    this.#open.set(object, opened + 1);
    this.#sequence(count + 1, (at) => {
      if (at < count) return write(at);
      this.#open.set(object, opened);
      if (this.#memo.has(object)) {
        drop();
        this.#recalled(object);
      } else {
        make();
        this.#remember(object);
      }
    });
  }

  #bytes(identity: object, bytes: Uint8Array): void {
    if (bytes.length === 0) this.#viewOf(bytes.buffer); // an empty one may be detached
    if (this.protocol >= 3) {
      this.pythonBytes(bytes);
      return this.#remember(identity);
    }
    if (bytes.length === 0) return this.#reduced(identity, { global: new PythonGlobal("builtins", "bytes"), args: [] });
    this.#global(new PythonGlobal("_codecs", "encode"));
    this.pythonStr(latin1(bytes)); // never one for equal bytes: many copies of one text are what a reader must refuse
    this.#string("latin1");
    this.byte(op.TUPLE2);
    this.byte(op.REDUCE);
    this.#remember(identity);
  }

  #global(global: PythonGlobal): void {
    const { module, name } = global;
    const key = this.#globals.get(`${module}\n${name}`) ?? global;
    if (this.#recalled(key)) return;
    this.#globals.set(`${module}\n${name}`, key);
    if (this.isModern) {
      this.#string(module);
      this.#string(name);
      this.byte(op.STACK_GLOBAL);
    } else {
      this.globalLines(module, name);
    }
    this.#remember(key);
  }

  #reduced(object: object, { global, args, state }: PickleReduction): void {
    this.#global(global);
    if (this.#open.has(object)) throw endlessTuple(this.#path(), object);
    this.#open.set(object, 1);
    const items = Array.from(args);
    const hasState = state !== undefined && state !== null;
    if (items.length > 3) this.byte(op.MARK);
    this.#sequence(items.length + 2, (at) => {
      if (at < items.length) return this.#value(items[at], new NamedPart(` argument ${at}`));
      if (at > items.length) return hasState ? this.byte(op.BUILD) : undefined;
      this.byte(TUPLES[items.length] ?? op.TUPLE);
      this.byte(op.REDUCE);
      this.#open.delete(object);
      this.#remember(object);
      if (hasState) this.#value(state, new NamedPart(" state"));
    });
  }

  /** A key of a dict or an item of a set: Python must be able to hash it. */
  #key(key: unknown, step: Step): void {
    this.#checkKey(key, step);
    this.#value(key, step);
  }

  #checkKey(key: unknown, step: Step): void {
    const found = findUnhashable(key, this.#hashable);
    if (found === undefined) return;
    this.#trail[this.#nesting.depth] = step;
    throw unhashable(this.#path(), found);
  }
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol");
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
