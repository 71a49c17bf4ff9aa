/** What a priority queue orders by. @module */

/** A key: of one kind, or a list that is compared element by element. */
export type Key = number | bigint | string | readonly Key[];

/** How deep lists may be nested: more is no priority, but perhaps a circle. */
const DEEPEST = 16;

/** Whether a value can be compared as a whole. */
export function isKey(value: unknown, depth = 0): value is Key {
  if (typeof value === "number") return !Number.isNaN(value);
  if (typeof value === "bigint" || typeof value === "string") return true;
  return Array.isArray(value) && depth < DEEPEST && Array.from(value).every((part) => isKey(part, depth + 1));
}

/**
 * The key of an item: the item itself, or, of an array that begins with its priority, the elements before the first that cannot be compared.
 *
 * @returns `undefined` when there is none.
 */
export function keyOf(item: unknown): Key | undefined {
  if (!Array.isArray(item)) return isKey(item) ? item : undefined;
  const parts: unknown[] = Array.from(item);
  const end = parts.findIndex((part) => !isKey(part, 1));
  if (end === 0) return undefined;
  return (end < 0 ? parts : parts.slice(0, end)) as Key[];
}

/**
 * Less than 0: `a` is smaller; 0: they are equal. Numbers compare with bigints, texts by their UTF-16 code units; a list is greater than its beginning.
 *
 * @param strict `false`: values of different kinds have an order too.
 * @throws {TypeError} when they are of different kinds where they first differ.
 */
export function compareKeys(a: Key, b: Key, strict = true): number {
  const [kindA, kindB] = [kindOf(a), kindOf(b)];
  if (kindA !== kindB) {
    if (!strict) return kindA - kindB;
    throw new TypeError(
      `Cannot put into a PriorityQueue: priorities of different kinds cannot be compared, received ${KINDS[kindA]} and ${KINDS[kindB]}`,
    );
  }
  if (kindA === LIST) return compareLists(a as readonly Key[], b as readonly Key[], strict);
  return a < b ? -1 : a > b ? 1 : 0;
}

const KINDS = ["a number", "a string", "an array"] as const;
const LIST = 2;

function kindOf(key: Key): 0 | 1 | 2 {
  return typeof key === "string" ? 1 : typeof key === "object" ? LIST : 0;
}

function compareLists(a: readonly Key[], b: readonly Key[], strict: boolean): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compareKeys(a[i]!, b[i]!, strict);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
