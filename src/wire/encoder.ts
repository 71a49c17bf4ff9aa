/** Values to bytes: primitives, arrays and plain objects here, everything else in the `encode_….ts` files. @module */
import type { FunctionHooks, FunctionLike, PlainValue, SharedMemoryHooks } from "./hooks.ts";
import { encodeSparseArray, isDense } from "./encode_arrays.ts";
import { encodeInstance } from "./encode_instances.ts";
import { Nesting, type NestingMark } from "./nesting.ts";
import { ReferenceTable } from "./references.ts";
import { depthRefusal, functionRefusal, pathText, revokedRefusal, selfReferenceRefusal, type Step, symbolRefusal } from "./refuse.ts";
import { Seen } from "./seen.ts";
import { Shapes } from "./shapes.ts";
import * as tag from "./tags.ts";
import { Writer } from "./writer.ts";

/** What an encoder is told about its surroundings. */
export interface Surroundings {
  functions?: FunctionHooks;
  sharedMemory?: SharedMemoryHooks;
  where?: string;
  handles?: "all" | "far" | "none";
  carried?: Undo[];
}

/** Undoes what the reduction of a handle did. */
export type Undo = () => void;

/** A point to come back to, when a property of an error turns out not to travel. */
export interface Mark {
  pos: number;
  seen: number;
  shapes: number;
  references: { entries: number; waits: number };
  nesting: NestingMark;
  carried: number;
}

const nothing: Surroundings = {};

/** The steps of a deeper path are not kept for the next message. */
const KEPT_STEPS = 32;

const isArray = Array.isArray;
const objectPrototype = Object.prototype;
const hasOwn = Object.hasOwn;

/** Writes one message. Used again for the next one, so it holds nothing between two. */
export class Encoder extends Writer {
  readonly nesting = new Nesting((limit) => depthRefusal(this.path(), limit));
  /** Whether something was met twice. */
  hasIdentity = false;
  /** Set while a property of an error is written: a function there may be replaced by its text. */
  lenient = false;
  references: ReferenceTable;
  surroundings: Surroundings = nothing;
  /** What to undo when the message will never be decoded. */
  carried: Undo[] | null = null;
  #seen = new Seen();
  #shapes = new Shapes();
  #open = new Set<object>();
  readonly #trail: Step[] = [];
  readonly #encodeReference: (reference: PlainValue) => Uint8Array;

  /** @param encodeReference Encodes a reference into a message of its own. */
  constructor(encodeReference: (reference: PlainValue) => Uint8Array) {
    super();
    this.#encodeReference = encodeReference;
    this.references = new ReferenceTable(encodeReference);
  }

  /** Begins a message. */
  begin(surroundings: Surroundings): void {
    this.surroundings = surroundings;
    this.carried = surroundings.carried ?? null;
    this.pos = 0;
    this.hasIdentity = false;
    this.lenient = false;
    this.nesting.reset(tag.MAX_DEPTH);
  }

  /** Lets go of everything that belongs to the message. */
  end(): void {
    this.rewind();
    this.surroundings = nothing;
    this.carried = null;
    this.#forgetTrail();
    if (this.#seen.size > 0) this.#seen.truncate(0);
    if (this.#shapes.size > 0) this.#shapes.truncate(0);
    if (this.references.isUsed) this.references = new ReferenceTable(this.#encodeReference);
  }

  #forgetTrail(): void {
    const trail = this.#trail;
    if (trail.length > KEPT_STEPS) trail.length = 0;
    for (let i = 0; i < trail.length; i++) trail[i] = "";
  }

  /** Where the encoder is in the value. */
  path(): string {
    return pathText(this.surroundings.where ?? "value", this.#trail.slice(1, this.nesting.depth + 1));
  }

  /** Writes any value, which its container reaches by `step`. */
  value(value: unknown, step: Step): void {
    switch (typeof value) {
      case "number":
        return this.number(value);
      case "string":
        return this.string(value);
      case "boolean":
        return this.byte(value ? tag.TRUE : tag.FALSE);
      case "undefined":
        return this.byte(tag.UNDEFINED);
      case "bigint":
        return this.bigint(value);
      case "object":
        if (value === null) return this.byte(tag.NULL);
        this.#trail[this.nesting.depth] = step;
        return this.#object(value);
      case "function":
        this.#trail[this.nesting.depth] = step;
        return this.#function(value as FunctionLike);
      case "symbol":
        this.#trail[this.nesting.depth] = step;
        throw symbolRefusal(this.path(), value);
    }
  }

  #object(value: object): void {
    const identity = this.#seen.find(value);
    if (identity >= 0) return this.#back(value, identity);
    const array = this.#isArray(value);
    const prototype: object | null = Object.getPrototypeOf(value);
    if (array) {
      if (!isArray(prototype) && prototype !== null) return encodeInstance(this, value, prototype);
      this.meet(value);
      if (isDense(value)) this.#array(value);
      else encodeSparseArray(this, value);
      return;
    }
    if (prototype !== null && prototype !== objectPrototype) return encodeInstance(this, value, prototype);
    if (prototype === null) this.byte(tag.NULL_PROTOTYPE);
    this.plainObject(value as Record<string, unknown>);
  }

  #isArray(value: object): value is unknown[] {
    try {
      return isArray(value);
    } catch {
      throw revokedRefusal(this.path()); // the only reason why this can fail
    }
  }

  #back(value: object, identity: number): void {
    if (this.#open.size > 0 && this.#open.has(value)) throw selfReferenceRefusal(this.path(), value);
    this.hasIdentity = true;
    this.byte(tag.BACK);
    this.varuint(identity);
  }

  /** Gives an object its identity. To be called in the order in which the decoder makes them. */
  meet(object: object): void {
    this.#seen.add(object);
  }

  /** The identity of an object that is not about to be written itself. */
  isMet(object: object): boolean {
    return this.#seen.find(object) >= 0;
  }

  /** Marks an instance whose state is being written: nothing in it may refer back. */
  opened(instance: object, action: () => void): void {
    this.#open.add(instance);
    try {
      action();
    } finally {
      this.#open.delete(instance);
    }
  }

  #array(array: readonly unknown[]): void {
    const length = array.length;
    if (length < 16) {
      this.byte(tag.SHORT_ARRAY | length);
    } else {
      this.byte(tag.ARRAY);
      this.varuint(length);
    }
    const nesting = this.nesting;
    if (nesting.depth >= nesting.shallow) {
      let i = 0;
      return nesting.walk({ left: length, step: () => this.value(array[i], i++) });
    }
    nesting.depth++;
    for (let i = 0; i < length; i++) this.value(array[i], i);
    nesting.depth--;
  }

  /** Writes an object's own enumerable string keys and their values. */
  plainObject(object: Record<string, unknown>): void {
    this.meet(object);
    const keys = Object.keys(object);
    this.#shape(keys);
    const nesting = this.nesting;
    const length = keys.length;
    if (nesting.depth >= nesting.shallow) {
      let i = 0;
      return nesting.walk({ left: length, step: () => this.#property(object, keys[i++]!) });
    }
    nesting.depth++;
    for (let i = 0; i < length; i++) this.#property(object, keys[i]!);
    nesting.depth--;
  }

  #property(object: Record<string, unknown>, key: string): void {
    const value = object[key];
    // A getter may have removed a property whose key is written already.
    if (value === undefined && !hasOwn(object, key)) return this.byte(tag.ABSENT);
    this.value(value, key);
  }

  #shape(keys: readonly string[]): void {
    const length = keys.length;
    const known = this.#shapes.find(keys);
    if (known >= 0) {
      if (known < 8) return this.byte(tag.SHORT_SHAPE | known);
      this.byte(tag.SHAPE);
      return this.varuint(known);
    }
    if (length < 16) {
      this.byte(tag.SHORT_OBJECT | length);
    } else {
      this.byte(tag.OBJECT);
      this.varuint(length);
    }
    for (let i = 0; i < length; i++) this.key(keys[i]!);
    this.#shapes.add(keys);
  }

  #function(fn: FunctionLike): void {
    const index = this.functionIndex(fn, this.lenient);
    if (this.lenient) {
      this.byte(tag.FUNCTION_OR_TEXT);
      this.varuint(index);
      return this.string(Function.prototype.toString.call(fn));
    }
    this.byte(tag.FUNCTION);
    this.varuint(index);
  }

  /** The index of the reference to a function or class. @throws what the hooks throw when it cannot travel. */
  functionIndex(fn: FunctionLike, optional: boolean): number {
    return this.references.index(fn, tag.REFERENCE_FUNCTION, optional, () => {
      const hooks = this.surroundings.functions;
      if (hooks === undefined) throw functionRefusal(this.path(), fn);
      return hooks.refer(fn, this.path());
    });
  }

  /** Notes what to undo when the message will never be decoded. */
  carry(undo: Undo): void {
    (this.carried ??= []).push(undo);
  }

  /** Where the message is. */
  mark(): Mark {
    return {
      pos: this.pos,
      seen: this.#seen.size,
      shapes: this.#shapes.size,
      references: this.references.size,
      nesting: this.nesting.mark(),
      carried: this.carried?.length ?? 0,
    };
  }

  /** Takes back what was written since. */
  backTo(mark: Mark): void {
    this.pos = mark.pos;
    this.#seen.truncate(mark.seen);
    this.#shapes.truncate(mark.shapes);
    this.references.truncate(mark.references);
    this.nesting.rewind(mark.nesting);
    undoAll(this.carried, mark.carried);
  }
}

/** Undoes what was carried by a message that will never be decoded. @param from What was carried before stays. */
export function undoAll(carried: Undo[] | null, from = 0): void {
  for (const undo of carried?.splice(from) ?? []) undo();
}
