/** Errors: genuine ones, of the class that they had, whose constructor is never called. @module */
import { libraryErrors } from "../base/errors.ts";
import { builtinErrors } from "./builtin.ts";
import { corrupt } from "./corrupt.ts";
import { type Decoder, defineValue, UNRESOLVED } from "./decoder.ts";
import * as tag from "./tags.ts";

export function decodeErrorObject(decoder: Decoder): Error {
  const error = new Error();
  decoder.meet(error);
  const { prototype, name } = decodeClass(decoder);
  if (prototype !== Error.prototype) Object.setPrototypeOf(error, prototype);
  decodeRest(decoder, error);
  if (name !== undefined && !Object.hasOwn(error, "name") && error.name !== name) defineValue(error, "name", name, false);
  return error;
}

export function decodeDomException(decoder: Decoder): DOMException {
  const finish = decoder.meetLater();
  const message = decoder.string();
  const error = finish(new DOMException(message, decoder.string()));
  decodeRest(decoder, error);
  return error;
}

/** The prototype of an error; for one whose class is not known here, that of `Error` and the name it had. */
function decodeClass(decoder: Decoder): { prototype: object; name?: string } {
  const kind = decoder.byte();
  if (kind === tag.ERROR_NAMED) {
    const name = decoder.string();
    const cls = builtinErrors.get(name) ?? libraryErrors.get(name);
    return cls === undefined ? { prototype: Error.prototype, name } : { prototype: cls.prototype };
  }
  if (kind === tag.ERROR_NAME_ONLY) return { prototype: Error.prototype, name: decoder.string() };
  if (kind !== tag.ERROR_OF_CLASS) throw corrupt("an error has no class");
  const index = decoder.varuint();
  const name = decoder.string();
  if (index >= decoder.references.length) throw corrupt("the class of an error is missing");
  const cls = decoder.references[index];
  if (cls === UNRESOLVED || typeof cls !== "function" || !(cls.prototype instanceof Error)) return { prototype: Error.prototype, name };
  return { prototype: cls.prototype };
}

function decodeRest(decoder: Decoder, error: Error): void {
  const stack = decoder.value();
  if (stack !== undefined && typeof stack !== "string") throw corrupt("the stack of an error is no text");
  for (const enumerable of [false, true]) {
    for (let left = decoder.count(2); left > 0; left--) {
      const key = decoder.key();
      defineValue(error, key, decoder.wholeValue(), enumerable);
    }
  }
  // Without a stack of its own it must not show the one of this place. Last, because the text may need name and message.
  defineValue(error, "stack", stack ?? `${error.name}: ${error.message}`, false);
}
