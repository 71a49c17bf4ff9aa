/**
 * Bytes to values: primitives, arrays and plain objects here, everything else in the `decode_….ts` files.
 * Nothing here runs code of a message.
 *
 * @module
 */
import { corrupt } from "./corrupt.ts";
import { decodeOther } from "./decode_objects.ts";
import { Nesting } from "./nesting.ts";
import { Reader } from "./reader.ts";
import { Shapes } from "./shapes.ts";
import * as tag from "./tags.ts";

/** Stands for a reference that was not found but is optional. */
export const UNRESOLVED: unique symbol = Symbol("unresolved");

/** Stands in the identity table for an instance whose state is still being read. */
const UNFINISHED = Symbol("unfinished");

/** What a message may contain. */
export interface DecodeLimits {
  maxDepth: number;
  handles: boolean;
}

/** Reads one message. Used again for the next one, so it holds nothing between two. */
export class Decoder extends Reader {
  readonly nesting = new Nesting((limit) => corrupt(`values nest more than ${limit} levels deep`));
  /** What the table of references led to: a function, a buffer, or {@linkcode UNRESOLVED}. */
  references: readonly unknown[] = [];
  /** Whether shared objects may be in the message. */
  acceptsHandles = true;
  #identities: unknown[] | undefined;
  readonly #shapes = new Shapes();

  /** Begins the value of a message, whose header and table have been read. */
  begin(hasIdentity: boolean, references: readonly unknown[], { maxDepth, handles }: DecodeLimits): void {
    this.acceptsHandles = handles;
    this.#identities = hasIdentity ? [] : undefined;
    this.references = references;
    this.nesting.reset(maxDepth);
  }

  /** Lets go of everything that belongs to the message. */
  end(): void {
    this.release();
    this.references = [];
    this.#identities = undefined;
    if (this.#shapes.size > 0) this.#shapes.truncate(0);
  }

  /** Checks that the message ends here. */
  finish(): void {
    if (this.pos !== this.bytes.length) throw corrupt(`${this.bytes.length - this.pos} bytes follow its end`);
  }

  /** Reads any value. A deep one may still be empty when this returns; `nesting` fills it. */
  value(): unknown {
    const first = this.bytes[this.pos++];
    if (first === undefined) throw corrupt("it ends too early");
    if (first <= tag.MAX_TINY_INT) return first;
    if (first >= tag.TINY_NEGATIVE) return first - 0x100;
    if (first < tag.SHORT_ARRAY) return this.latin1(first - tag.SHORT_STRING);
    if (first < tag.SHORT_OBJECT) return this.#array(first - tag.SHORT_ARRAY);
    if (first < tag.SHORT_SHAPE) return this.#newShape(first - tag.SHORT_OBJECT, {});
    if (first < tag.BYTES) return this.#knownShape(first - tag.SHORT_SHAPE, {});
    switch (first) {
      case tag.UNDEFINED:
        return undefined;
      case tag.NULL:
        return null;
      case tag.FALSE:
        return false;
      case tag.TRUE:
        return true;
      case tag.UINT8:
        return this.byte();
      case tag.INT16:
        return this.int16();
      case tag.INT32:
        return this.int32();
      case tag.FLOAT64:
        return this.float64();
      case tag.BIGINT64:
        return this.bigint64();
      case tag.BIGINT:
        return this.bigint();
      case tag.LATIN1:
        return this.latin1(this.count());
      case tag.UTF16:
        return this.utf16();
      case tag.UTF8:
        return this.utf8();
      case tag.ARRAY:
        return this.#array(this.count());
      case tag.OBJECT:
        return this.#newShape(this.count(2), {});
      case tag.SHAPE:
        return this.#knownShape(this.varuint(), {});
      case tag.NULL_PROTOTYPE:
        return this.#nullPrototype();
      case tag.BACK:
        return this.#back();
      default:
        return decodeOther(this, first);
    }
  }

  /** Gives an object its identity. To be called in the order in which the encoder met them. */
  meet<T extends object>(object: T): T {
    this.#identities?.push(object);
    return object;
  }

  /** Reserves the identity of an object that cannot be made yet; the returned function fills it in. */
  meetLater(): <T extends object>(object: T) => T {
    const identities = this.#identities;
    if (identities === undefined) return (object) => object;
    const identity = identities.push(UNFINISHED) - 1;
    return (object) => {
      identities[identity] = object;
      return object;
    };
  }

  /** A part that must be whole before it is used. */
  wholeValue(): unknown {
    const first = this.bytes[this.pos]!;
    // Texts stand also where no further level is allowed: the encoder puts them in place of what is too deep.
    if ((first >= tag.SHORT_STRING && first < tag.SHORT_ARRAY) || (first >= tag.LATIN1 && first <= tag.UTF8)) return this.value();
    return this.nesting.whole(() => this.value());
  }

  #back(): unknown {
    const identity = this.varuint();
    const object = this.#identities?.[identity];
    if (object === undefined) throw corrupt("it refers back to something that is not there");
    if (object === UNFINISHED) throw corrupt("the state of an instance contains the instance");
    return object;
  }

  #array(length: number): unknown[] {
    if (length > this.bytes.length - this.pos) throw corrupt("it ends too early");
    const array: unknown[] = [];
    this.meet(array);
    const nesting = this.nesting;
    if (nesting.depth >= nesting.shallow) {
      nesting.walk({ left: length, step: () => void this.#push(array) });
      return array;
    }
    nesting.depth++;
    for (let i = 0; i < length; i++) array.push(this.value());
    nesting.depth--;
    return array;
  }

  #push(array: unknown[]): void {
    array.push(this.value());
  }

  #nullPrototype(): object {
    const first = this.byte();
    const object = Object.create(null) as Record<string, unknown>;
    if (first >= tag.SHORT_OBJECT && first < tag.SHORT_SHAPE) return this.#newShape(first - tag.SHORT_OBJECT, object);
    if (first >= tag.SHORT_SHAPE && first < tag.BYTES) return this.#knownShape(first - tag.SHORT_SHAPE, object);
    if (first === tag.OBJECT) return this.#newShape(this.count(2), object);
    if (first === tag.SHAPE) return this.#knownShape(this.varuint(), object);
    throw corrupt("an object is missing");
  }

  #newShape(length: number, object: Record<string, unknown>): object {
    if (length * 2 > this.bytes.length - this.pos) throw corrupt("it ends too early");
    const keys: string[] = [];
    for (let i = 0; i < length; i++) keys.push(this.key());
    this.#shapes.add(keys);
    return this.#object(keys, object);
  }

  #knownShape(index: number, object: Record<string, unknown>): object {
    const keys = this.#shapes.at(index);
    if (keys === undefined) throw corrupt("it refers to keys that are not there");
    return this.#object(keys, object);
  }

  #object(keys: readonly string[], object: Record<string, unknown>): object {
    this.meet(object);
    const nesting = this.nesting;
    const length = keys.length;
    if (nesting.depth >= nesting.shallow) {
      let i = 0;
      nesting.walk({ left: length, step: () => this.#property(object, keys[i++]!) });
      return object;
    }
    nesting.depth++;
    for (let i = 0; i < length; i++) this.#property(object, keys[i]!);
    nesting.depth--;
    return object;
  }

  #property(object: Record<string, unknown>, key: string): void {
    if (this.bytes[this.pos] === tag.ABSENT) this.pos++;
    else if (key === "__proto__") defineValue(object, key, this.value(), true);
    else object[key] = this.value();
  }
}

/** Makes an own property, also where an assignment would reach a setter of the prototype. */
export function defineValue(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
