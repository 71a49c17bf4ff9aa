/** What can be a key of a dict or an item of a set in Python. @module */

/** The part of a key that Python cannot hash, or `undefined`. @param known Objects that are known to be hashable; more are added. */
export function findUnhashable(key: unknown, known: Set<object>): object | undefined {
  if (typeof key !== "object" || key === null) return undefined;
  const met: object[] = [];
  const todo: unknown[] = [key];
  while (todo.length > 0) {
    const part = todo.pop();
    if (typeof part !== "object" || part === null || known.has(part)) continue;
    if (isMutable(part)) {
      for (const object of met) known.delete(object);
      return part;
    }
    known.add(part);
    met.push(part);
    if (Array.isArray(part) || part instanceof Set) { for (const inner of part) todo.push(inner); }
  }
  return undefined;
}

/** Lists, sets and dicts. */
function isMutable(object: object): boolean {
  if (Array.isArray(object) || object instanceof Set) return !Object.isFrozen(object);
  if (object instanceof Map) return true;
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}
