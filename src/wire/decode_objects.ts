/** Every object that is neither a plain one nor a dense array. @module */
import { corrupt } from "./corrupt.ts";
import { decodeBuffer, decodeBytes, decodeResizableBuffer, decodeView } from "./decode_buffers.ts";
import { decodeDomException, decodeErrorObject } from "./decode_errors.ts";
import { type Decoder, defineValue, UNRESOLVED } from "./decoder.ts";
import { handleTypeNamed } from "./handles.ts";
import type { FunctionLike } from "./hooks.ts";
import { reducerOf } from "./reducer.ts";
import { safeText } from "./refuse.ts";
import * as tag from "./tags.ts";

/** Reads the rest of an object whose tag was read. */
export function decodeOther(decoder: Decoder, first: number): unknown {
  switch (first) {
    case tag.SPARSE_ARRAY:
      return decodeSparseArray(decoder);
    case tag.MAP:
      return decodeMap(decoder);
    case tag.SET:
      return decodeSet(decoder);
    case tag.DATE:
      return decoder.meet(new Date(decoder.float64()));
    case tag.REGEXP:
      return decodeRegExp(decoder);
    case tag.BOXED:
      return decodeBoxed(decoder);
    case tag.BYTES:
      return decodeBytes(decoder);
    case tag.BUFFER:
      return decodeBuffer(decoder);
    case tag.RESIZABLE_BUFFER:
      return decodeResizableBuffer(decoder);
    case tag.VIEW:
      return decodeView(decoder);
    case tag.SHARED_BUFFER:
      return decodeSharedBuffer(decoder);
    case tag.FUNCTION:
      return functionAt(decoder);
    case tag.FUNCTION_OR_TEXT:
      return decodeFunctionOrText(decoder);
    case tag.ERROR:
      return decodeErrorObject(decoder);
    case tag.DOM_EXCEPTION:
      return decodeDomException(decoder);
    case tag.INSTANCE:
      return decodeInstance(decoder);
    case tag.HANDLE:
      return decodeHandle(decoder, false);
    case tag.HANDLE_OF_CLASS:
      return decodeHandle(decoder, true);
  }
  throw corrupt(`no value begins with byte 0x${first.toString(16)}`);
}

function decodeSparseArray(decoder: Decoder): unknown[] {
  const array: unknown[] = decoder.meet([]);
  const length = decoder.varuint();
  if (length >= 2 ** 32) throw corrupt("an array is too long");
  array.length = length;
  const elements = decoder.count(2);
  let done = 0;
  let last = -1;
  const frame = {
    left: elements + 1,
    step: () => {
      if (done < elements) {
        const index = decoder.varuint();
        if (index <= last || index >= length) throw corrupt("the elements of an array are out of order");
        last = index;
        array[index] = decoder.value();
      } else if (done === elements) {
        frame.left += decoder.count(2);
      } else {
        const key = decoder.key();
        if (key === "length") throw corrupt("an array has two lengths");
        defineValue(array, key, decoder.value(), true);
      }
      done++;
    },
  };
  decoder.nesting.walk(frame);
  return array;
}

function decodeMap(decoder: Decoder): Map<unknown, unknown> {
  const map = decoder.meet(new Map<unknown, unknown>());
  // Key and value are two steps: a deep key is filled before the value is read.
  let isKey = true;
  let key: unknown;
  decoder.nesting.walk({
    left: decoder.count(2) * 2,
    step: () => {
      const part = decoder.value();
      if (isKey) key = part;
      else map.set(key, part);
      isKey = !isKey;
    },
  });
  return map;
}

function decodeSet(decoder: Decoder): Set<unknown> {
  const set = decoder.meet(new Set<unknown>());
  decoder.nesting.walk({ left: decoder.count(), step: () => void set.add(decoder.value()) });
  return set;
}

function decodeRegExp(decoder: Decoder): RegExp {
  const finish = decoder.meetLater();
  const source = decoder.string();
  const flags = decoder.string();
  try {
    return finish(new RegExp(source, flags));
  } catch (error) {
    throw corrupt(`this runtime does not know the regular expression /${source}/${flags}`, error);
  }
}

function decodeBoxed(decoder: Decoder): object {
  const finish = decoder.meetLater();
  const primitive = decoder.value();
  const type = typeof primitive;
  if (type !== "boolean" && type !== "number" && type !== "string" && type !== "bigint") throw corrupt("an object has no primitive value");
  return finish(Object(primitive) as object);
}

function decodeSharedBuffer(decoder: Decoder): object {
  const buffer = decoder.references[decoder.varuint()];
  if (typeof SharedArrayBuffer !== "function" || !(buffer instanceof SharedArrayBuffer)) throw corrupt("a shared buffer is missing");
  return decoder.meet(buffer);
}

function functionAt(decoder: Decoder): FunctionLike {
  const fn = decoder.references[decoder.varuint()];
  if (typeof fn !== "function") throw corrupt("a function is missing");
  return fn as FunctionLike;
}

function decodeFunctionOrText(decoder: Decoder): unknown {
  const found = decoder.references[decoder.varuint()];
  const text = decoder.string();
  if (found === UNRESOLVED) return text;
  if (typeof found !== "function") throw corrupt("a function is missing");
  return found;
}

function decodeInstance(decoder: Decoder): object {
  const finish = decoder.meetLater();
  const cls = functionAt(decoder);
  const reducer = typeof cls.prototype === "object" && cls.prototype !== null ? reducerOf(cls.prototype) : undefined;
  if (reducer === undefined) {
    throw corrupt(`the class ${cls.name} has no reducer here; register it in the module of the class, so that importing one brings both`);
  }
  const state = decoder.wholeValue();
  return finish(revive(cls.name, () => reducer.how.revive(state)));
}

function decodeHandle(decoder: Decoder, hasClass: boolean): object {
  if (!decoder.acceptsHandles) throw corrupt("shared objects are not accepted here");
  const finish = decoder.meetLater();
  const cls = hasClass ? functionAt(decoder) : null;
  const name = decoder.string();
  const type = handleTypeNamed(name);
  if (type === undefined) throw corrupt(`nothing here is called ${JSON.stringify(name)}`);
  const state = decoder.wholeValue();
  if (cls !== null && !Object.prototype.isPrototypeOf.call(type.class.prototype, cls.prototype as object)) {
    throw corrupt(`the class ${cls.name} is no ${name}`);
  }
  const made = revive(name, () => type.revive(state));
  if (cls === null) return finish(made);
  // Its constructor would make a new one.
  Object.setPrototypeOf(made, cls.prototype as object);
  finish(made);
  const own = decoder.wholeValue();
  if (typeof own !== "object" || own === null) throw corrupt("a shared object has no properties");
  for (const [key, value] of Object.entries(own)) defineValue(made, key, value, true);
  return made;
}

function revive(name: string, make: () => object): object {
  let made: object;
  try {
    made = make();
  } catch (error) {
    throw corrupt(`revive() of ${name} threw ${safeText(error)}`, error);
  }
  if ((typeof made !== "object" || made === null) && typeof made !== "function") {
    throw corrupt(`revive() of ${name} returned no object but ${safeText(made)}`);
  }
  return made;
}
