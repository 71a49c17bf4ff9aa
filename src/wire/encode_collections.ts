/** Map and Set. @module */
import type { Encoder } from "./encoder.ts";
import { MapValue, NamedPart } from "./refuse.ts";
import * as tag from "./tags.ts";

const forEachOfMap = Map.prototype.forEach;
const forEachOfSet = Set.prototype.forEach;

/** Writes a Map, as it is now: a getter that changes it meanwhile has no effect. @throws {TypeError} when it is none. */
export function encodeMap(encoder: Encoder, map: object): void {
  const parts: unknown[] = [];
  forEachOfMap.call(map as Map<unknown, unknown>, (value, key) => void parts.push(key, value));
  encoder.meet(map);
  encoder.byte(tag.MAP);
  encoder.varuint(parts.length / 2);
  let i = 0;
  encoder.nesting.walk({
    left: parts.length,
    step: () => {
      const part = parts[i++];
      if (isPrimitive(part)) return encoder.value(part, "");
      encoder.value(part, i % 2 === 1 ? new NamedPart(` key ${(i - 1) / 2}`) : new MapValue(parts[i - 2]));
    },
  });
}

/** Writes a Set, as it is now. @throws {TypeError} when it is none. */
export function encodeSet(encoder: Encoder, set: object): void {
  const items: unknown[] = [];
  forEachOfSet.call(set as Set<unknown>, (item) => void items.push(item));
  encoder.meet(set);
  encoder.byte(tag.SET);
  encoder.varuint(items.length);
  let i = 0;
  encoder.nesting.walk({
    left: items.length,
    step: () => {
      const item = items[i++];
      encoder.value(item, isPrimitive(item) ? "" : new NamedPart(` item ${i - 1}`));
    },
  });
}

/** Whether a value cannot fail, so that it needs no place in the path. */
function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol");
}
