/** Arrays with holes or with properties besides their elements. @module */
import type { Encoder } from "./encoder.ts";
import * as tag from "./tags.ts";

/** An array without a prototype has no methods. */
const includes = Array.prototype.includes;

/** Whether an array has all its elements and nothing else. */
export function isDense(array: readonly unknown[]): boolean {
  const length = array.length;
  if (length === 0) return Object.keys(array).length === 0;
  // Nothing tells cheaply that an array has no further properties. Counting keys makes a text of every index, counting values does not,
  // but starts slower.
  const own = length <= 12 ? Object.keys(array).length : Object.values(array).length;
  if (own !== length) return false;
  if (!includes.call(array, undefined)) return true;
  for (let i = 0; i < length; i++) if (array[i] === undefined && !Object.hasOwn(array, i)) return false;
  return true;
}

/** Writes any array. Its identity is given. */
export function encodeSparseArray(encoder: Encoder, array: readonly unknown[]): void {
  const keys = Object.keys(array);
  // Integer keys come first, in order; 2^32 - 1 and above are no indices.
  let elements = 0;
  while (elements < keys.length && isIndex(keys[elements]!)) elements++;
  encoder.byte(tag.SPARSE_ARRAY);
  encoder.varuint(array.length);
  encoder.varuint(elements);
  let i = 0;
  encoder.nesting.walk({
    // One step more writes the number of the further properties, also when there are none.
    left: keys.length + 1,
    step: () => {
      if (i === elements) encoder.varuint(keys.length - elements);
      if (i < elements) {
        const index = Number(keys[i++]);
        encoder.varuint(index);
        encoder.value(array[index], index);
      } else if (i++ > elements) {
        const key = keys[i - 2]!;
        encoder.key(key);
        encoder.value((array as unknown as Record<string, unknown>)[key], key);
      }
    },
  });
}

function isIndex(key: string): boolean {
  const number = Number(key);
  return Number.isInteger(number) && number >= 0 && number < 2 ** 32 - 1 && String(number) === key;
}
