/**
 * Shapes: the key lists of a message's objects, so that a hundred records name their keys once.
 * Writer and reader register the same ones, by the same rule: every new list of 1 to 32 keys, until there are 64.
 *
 * @module
 */
import { MAX_SHAPE_KEYS, MAX_SHAPES } from "./tags.ts";

/** The shapes of one message. */
export class Shapes {
  // Lists beyond the size are left over from earlier messages: an array that is emptied must be allocated again.
  readonly #lists: (readonly string[])[] = [];
  #size = 0;
  #last = 0;

  /** How many are registered. */
  get size(): number {
    return this.#size;
  }

  /** Forgets all but the first `size`. */
  truncate(size: number): void {
    this.#size = size;
    this.#last = 0;
  }

  /** Registers a new list, where the rule says so. */
  add(keys: readonly string[]): void {
    if (keys.length > 0 && keys.length <= MAX_SHAPE_KEYS && this.#size < MAX_SHAPES) this.#lists[this.#size++] = keys;
  }

  /** The keys of a shape. */
  at(index: number): readonly string[] | undefined {
    return index < this.#size ? this.#lists[index] : undefined;
  }

  /** The index of a list, or -1. */
  find(keys: readonly string[]): number {
    const size = this.#size;
    if (size === 0 || keys.length > MAX_SHAPE_KEYS) return -1;
    const lists = this.#lists;
    if (same(lists[this.#last]!, keys)) return this.#last;
    for (let i = 0; i < size; i++) {
      if (same(lists[i]!, keys)) return this.#last = i;
    }
    return -1;
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  const length = a.length;
  if (length !== b.length) return false;
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}
