/** Objects, Maps and pairs: the forms in which a program gives and gets what has keys. @module */

/** An object of entries; a key such as `__proto__` is one like any other. */
export function objectOf(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return object;
}

/** The entries of a `Map`, an iterable of pairs, or a plain object. @throws {TypeError} for anything else. */
export function entriesOf(mapping: unknown, what: string): [unknown, unknown][] {
  if (mapping === null || typeof mapping !== "object") {
    throw new TypeError(`${what}: it takes a Map, an object or pairs, received ${mapping === null ? "null" : typeof mapping}`);
  }
  if (!(Symbol.iterator in mapping)) return Object.entries(mapping);
  return Array.from(mapping as Iterable<unknown>, (pair) => {
    if (Array.isArray(pair) && pair.length === 2) return pair as [unknown, unknown];
    throw new TypeError(`${what}: each item must be a pair of a key and a value, received ${typeof pair}`);
  });
}
