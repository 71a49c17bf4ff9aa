/** How deep a decoded value is nested. @module */

/** The parts of what a call of a global made, where they cannot be seen from outside. */
export type PartsOf = (object: object) => Iterable<unknown> | undefined;

/** Whether a value nests deeper than `most`. Visits every object once, without recursion: the first way that leads to it counts. */
export function isDeeperThan(most: number, value: unknown, partsOf: PartsOf): boolean {
  const seen = new Set<object>();
  const open: Iterator<unknown>[] = [];
  const enter = (part: unknown): boolean => {
    if (typeof part !== "object" || part === null || seen.has(part)) return true;
    const parts = partsIn(part, partsOf);
    if (parts === undefined) return true;
    if (open.length >= most) return false;
    seen.add(part);
    open.push(parts[Symbol.iterator]());
    return true;
  };
  if (!enter(value)) return true;
  while (open.length > 0) {
    const next = open[open.length - 1]!.next();
    if (next.done === true) open.pop();
    else if (!enter(next.value)) return true;
  }
  return false;
}

function partsIn(object: object, partsOf: PartsOf): Iterable<unknown> | undefined {
  if (Array.isArray(object) || object instanceof Set) return object;
  if (object instanceof Map) return keysAndValues(object);
  return partsOf(object);
}

function* keysAndValues(map: Map<unknown, unknown>): Iterable<unknown> {
  for (const [key, value] of map) {
    yield key;
    yield value;
  }
}
