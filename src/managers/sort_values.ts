/** How a list is sorted in a manager's server. @module */
import { compareKeys, isKey, type Key } from "../queues/key.ts";
import { decodeValue } from "../reference/value.ts";

/** How to sort, as it travels. */
export interface SortPlan {
  /** Compares two items, as for an array's `sort`. */
  compare?: ((a: never, b: never) => number) | null;
  /** What an item is ordered by. */
  key?: ((item: never) => unknown) | null;
  /** Largest first. */
  reverse?: boolean;
}

/** The order of values: where each was before. Equal ones keep theirs. @throws {TypeError} values that have no order. */
export async function sortValues(values: readonly unknown[], encoded: Uint8Array): Promise<number[]> {
  const { compare, key, reverse } = await decodeValue(encoded) as SortPlan;
  const places = values.map((_, index) => index);
  const direction = reverse === true ? -1 : 1;
  if (typeof compare === "function") {
    const byItem = compare as (a: unknown, b: unknown) => number;
    return places.sort((a, b) => direction * byItem(values[a], values[b]));
  }
  const keys = typeof key === "function" ? values.map((value) => (key as (item: unknown) => unknown)(value)) : values;
  const wrong = keys.find((value) => !isKey(value));
  if (keys.length > 1 && keys.some((value) => !isKey(value))) {
    throw new TypeError(`Cannot sort a list: items must be numbers, strings or arrays of them, received ${typeof wrong}; pass { key }`);
  }
  return places.sort((a, b) => direction * orderOf(keys[a] as Key, keys[b] as Key));
}

function orderOf(a: Key, b: Key): number {
  try {
    return compareKeys(a, b);
  } catch (cause) {
    throw new TypeError("Cannot sort a list: items of different kinds have no order; pass { key }", { cause });
  }
}
