/** CPython's stack machine for pickles, without anything that runs code. @module */
import { SerializationError } from "../../base/errors.ts";
import { corrupt } from "../corrupt.ts";
import { isDeeperThan } from "./depth.ts";
import { type FindGlobal, type GlobalMeaning, PythonGlobal } from "./global.ts";
import * as op from "./opcodes.ts";
import { PickleReader } from "./pickle_reader.ts";
import { PickleStack } from "./pickle_stack.ts";

/** What a caller sets for one message. */
export interface Limits {
  maxDepth: number;
  maxMemo: number;
  maxIntegerBytes: number;
}

/** A global that was found. */
class FoundGlobal extends PythonGlobal {
  readonly meaning: GlobalMeaning;
  constructor(module: string, name: string, meaning: GlobalMeaning) {
    super(module, name);
    this.meaning = meaning;
  }
}

/** What a call has made: which meaning takes its state, and what went in. */
interface Made {
  meaning: GlobalMeaning;
  parts: unknown[];
}

const NEWEST_PROTOCOL = 5;

/** Reads one pickle. */
export class Unpickler extends PickleReader {
  readonly #limits: Limits;
  readonly #find: FindGlobal;
  readonly #stack: PickleStack;
  /** How many containers there are: a value of fewer than `maxDepth` cannot be too deep, and is not walked. */
  #containers = 0;
  /** Whether a global was named: only then values are looked at for one in a wrong place. */
  #hasGlobals = false;
  /** Tuples with a global in them: the arguments of a call, which are no data. */
  readonly #withGlobals = new Set<unknown>();
  readonly #made = new Map<object, Made>();
  /**
   * What calls may still copy, so that one large value and many short calls do not take quadratic time. A typed array of protocol 2 is copied
   * twice: as bytes, and as what these are.
   */
  #copyBudget: number;

  constructor(bytes: Uint8Array, limits: Limits, find: FindGlobal) {
    super();
    this.open(bytes);
    this.#limits = limits;
    this.#stack = new PickleStack(limits.maxMemo);
    this.#find = find;
    this.#copyBudget = 2 * bytes.length;
  }

  /** The value. @throws {SerializationError} for anything but one whole pickle of data. */
  load(): unknown {
    for (let opcode = this.byte(); opcode !== op.STOP; opcode = this.byte()) this.#step(opcode);
    const value = this.#data(this.#stack.pop());
    if (!this.#stack.isEmpty) throw corrupt("a value is left over");
    if (this.pos !== this.bytes.length) throw corrupt("something stands behind its end");
    const { maxDepth } = this.#limits;
    if (this.#containers > maxDepth && isDeeperThan(maxDepth, value, (object) => this.#made.get(object)?.parts)) {
      throw corrupt(`its values nest more than ${maxDepth} levels deep`);
    }
    return value;
  }

  #step(opcode: number): void {
    switch (opcode) {
      case op.PROTO:
        return this.#protocol();
      case op.FRAME:
        if (this.uint64() > this.bytes.length - this.pos) throw corrupt("it ends too early");
        return;
      case op.NONE:
        return this.#stack.push(null);
      case op.NEWTRUE:
        return this.#stack.push(true);
      case op.NEWFALSE:
        return this.#stack.push(false);
      case op.BININT1:
        return this.#stack.push(this.byte());
      case op.BININT2:
        return this.#stack.push(this.uint16());
      case op.BININT:
        return this.#stack.push(this.int32());
      case op.LONG1:
        return this.#stack.push(this.integer(this.byte(), this.#limits.maxIntegerBytes));
      case op.LONG4:
        return this.#stack.push(this.integer(this.uint32(), this.#limits.maxIntegerBytes));
      case op.INT:
        return this.#stack.push(this.decimalOrBoolean());
      case op.LONG:
        return this.#stack.push(this.decimal());
      case op.FLOAT:
        return this.#stack.push(this.decimalFloat());
      case op.BINFLOAT:
        return this.#stack.push(this.float64BigEndian());
      case op.SHORT_BINUNICODE:
        return this.#stack.push(this.text(this.byte()));
      case op.BINUNICODE:
        return this.#stack.push(this.text(this.uint32()));
      case op.BINUNICODE8:
        return this.#stack.push(this.text(this.uint64()));
      case op.UNICODE:
        return this.#stack.push(this.escapedText());
      case op.SHORT_BINBYTES:
        return this.#stack.push(this.raw(this.byte()));
      case op.BINBYTES:
        return this.#stack.push(this.raw(this.uint32()));
      case op.BINBYTES8:
      case op.BYTEARRAY8:
        return this.#stack.push(this.raw(this.uint64()));
      case op.MEMOIZE:
        return this.#stack.memoize();
      case op.BINPUT:
        return this.#stack.put(this.byte());
      case op.LONG_BINPUT:
        return this.#stack.put(this.uint32());
      case op.PUT:
        return this.#stack.put(Number(this.decimal()));
      case op.BINGET:
        return this.#stack.fetch(this.byte());
      case op.LONG_BINGET:
        return this.#stack.fetch(this.uint32());
      case op.GET:
        return this.#stack.fetch(Number(this.decimal()));
      default:
        return this.#structure(opcode);
    }
  }

  #structure(opcode: number): void {
    switch (opcode) {
      case op.MARK:
        return this.#stack.mark();
      case op.POP:
        return this.#stack.drop();
      case op.POP_MARK:
        return void this.#stack.popToMark();
      case op.DUP:
        return this.#stack.push(this.#stack.top());
      case op.EMPTY_LIST:
        return this.#container([]);
      case op.EMPTY_DICT:
        return this.#container(new Map());
      case op.EMPTY_SET:
        return this.#container(new Set());
      case op.EMPTY_TUPLE:
        return this.#tuple([]);
      case op.TUPLE1:
        return this.#tuple([this.#stack.pop()]);
      case op.TUPLE2:
        return this.#tuple([this.#stack.pop(), this.#stack.pop()].reverse());
      case op.TUPLE3:
        return this.#tuple([this.#stack.pop(), this.#stack.pop(), this.#stack.pop()].reverse());
      case op.TUPLE:
        return this.#tuple(this.#stack.popToMark());
      case op.LIST:
        return this.#container(this.#dataOf(this.#stack.popToMark()));
      case op.DICT:
        return this.#container(this.#addPairs(new Map(), this.#stack.popToMark()));
      case op.FROZENSET:
        return this.#container(Object.freeze(new Set(this.#dataOf(this.#stack.popToMark()))));
      case op.APPEND:
        return this.#append([this.#stack.pop()]);
      case op.APPENDS:
        return this.#append(this.#stack.popToMark());
      case op.SETITEM:
        return this.#setItems([this.#stack.pop(), this.#stack.pop()].reverse());
      case op.SETITEMS:
        return this.#setItems(this.#stack.popToMark());
      case op.ADDITEMS:
        return this.#addItems(this.#stack.popToMark());
      case op.GLOBAL:
        return this.#global(this.line(), this.line());
      case op.STACK_GLOBAL:
        return this.#stackGlobal();
      case op.REDUCE:
      case op.NEWOBJ:
        return this.#call();
      case op.BUILD:
        return this.#build();
      default:
        throw corrupt(`the opcode 0x${opcode.toString(16).padStart(2, "0")} is not one of plain data`);
    }
  }

  #protocol(): void {
    const version = this.byte();
    if (version > NEWEST_PROTOCOL) throw corrupt(`its pickle protocol is at most ${NEWEST_PROTOCOL}, received ${version}`);
  }

  #container(value: unknown): void {
    this.#containers++;
    this.#stack.push(value);
  }

  #tuple(items: unknown[]): void {
    if (this.#hasGlobals && items.some((item) => this.#isGlobal(item))) this.#withGlobals.add(items);
    this.#container(Object.freeze(items));
  }

  #isGlobal(value: unknown): boolean {
    return value instanceof FoundGlobal || this.#withGlobals.has(value);
  }

  /** A value that stays in the result. */
  #data(value: unknown): unknown {
    if (this.#hasGlobals && this.#isGlobal(value)) throw corrupt(`the global ${this.#nameOf(value)} stands where a value must`);
    return value;
  }

  #nameOf(value: unknown): string {
    let found = value;
    while (Array.isArray(found)) found = found.find((item) => this.#isGlobal(item));
    return (found as FoundGlobal).qualifiedName;
  }

  #dataOf(values: unknown[]): unknown[] {
    if (this.#hasGlobals) values.forEach((value) => this.#data(value));
    return values;
  }

  #append(items: unknown[]): void {
    const list = this.#stack.top();
    if (!Array.isArray(list) || Object.isFrozen(list)) throw corrupt("items are appended to something that is no list");
    for (const item of this.#dataOf(items)) list.push(item);
  }

  #addItems(items: unknown[]): void {
    const set = this.#stack.top();
    if (!(set instanceof Set) || Object.isFrozen(set)) throw corrupt("items are added to something that is no set");
    for (const item of this.#dataOf(items)) set.add(item);
  }

  #setItems(parts: unknown[]): void {
    const map = this.#stack.top();
    if (!(map instanceof Map)) throw corrupt("items are set in something that is no dict");
    this.#addPairs(map, parts);
  }

  #addPairs(map: Map<unknown, unknown>, parts: unknown[]): Map<unknown, unknown> {
    if (parts.length % 2 !== 0) throw corrupt("a key has no value");
    this.#dataOf(parts);
    for (let i = 0; i < parts.length; i += 2) map.set(parts[i], parts[i + 1]);
    return map;
  }

  #stackGlobal(): void {
    const name = this.#stack.pop();
    const module = this.#stack.pop();
    if (typeof name !== "string" || typeof module !== "string") throw corrupt("a global has no name");
    this.#global(module, name);
  }

  #global(module: string, name: string): void {
    const meaning = this.#find(module, name);
    if (meaning === undefined) {
      throw corrupt(`the global ${shown(module, name)} is not one of those that are safe to read`);
    }
    this.#hasGlobals = true;
    this.#stack.push(new FoundGlobal(module, name, meaning));
  }

  #call(): void {
    const args = this.#stack.pop();
    const callee = this.#stack.pop();
    if (!(callee instanceof FoundGlobal)) throw corrupt("something is called that is no global");
    if (!Array.isArray(args) || !Object.isFrozen(args)) throw corrupt("the arguments of a call are no tuple");
    const { meaning } = callee;
    if (!meaning.takesGlobals) this.#dataOf(args);
    if (meaning.copies) this.#pay(args);
    const value = this.#attempt(callee, () => meaning.call(args));
    if (typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)) {
      this.#made.set(value, { meaning, parts: [...args] });
    }
    this.#container(value === undefined ? null : value);
  }

  #pay(args: readonly unknown[]): void {
    for (const arg of args) this.#copyBudget -= sizeOf(arg);
    if (this.#copyBudget < 0) throw corrupt("it copies more than it has");
  }

  #build(): void {
    const state = this.#data(this.#stack.pop());
    const object = this.#stack.top();
    const made = typeof object === "object" && object !== null ? this.#made.get(object) : undefined;
    const build = made?.meaning.build;
    if (made === undefined || build === undefined) throw corrupt("something gets a state that takes none");
    made.parts.push(state);
    this.#attempt(null, () => build(object as object, state));
  }

  #attempt<T>(callee: PythonGlobal | null, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof SerializationError) throw error;
      throw corrupt(`${callee === null ? "a state" : `a call of ${callee.qualifiedName}`} is malformed`, error);
    }
  }
}

function sizeOf(value: unknown): number {
  if (typeof value === "string" || Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return value instanceof Set || value instanceof Map ? value.size : 0;
}

/** The name of a global, which a hostile peer may have filled with anything. */
function shown(module: string, name: string): string {
  const text = `${module}.${name}`.slice(0, 200);
  return /^[\w.]+$/.test(text) ? text : JSON.stringify(text);
}
