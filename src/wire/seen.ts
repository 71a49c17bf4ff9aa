/** Which objects of a value were met before. @module */

/** Up to this many a scan beats a hash table. */
const SCANNED = 16;

/** Objects in the order of their first meeting; the position is the identity on the wire. */
export class Seen {
  // The scanned part keeps its place in memory from message to message: an array that is emptied must be allocated again.
  readonly #first: (object | undefined)[] = new Array<undefined>(SCANNED).fill(undefined);
  #all: Map<object, number> | undefined;
  #size = 0;

  /** How many were met. */
  get size(): number {
    return this.#size;
  }

  /** The identity of an object met before, else -1. */
  find(object: object): number {
    if (this.#all !== undefined) return this.#all.get(object) ?? -1;
    for (let i = 0; i < this.#size; i++) if (this.#first[i] === object) return i;
    return -1;
  }

  /** Gives an object the next identity. */
  add(object: object): void {
    const identity = this.#size++;
    if (identity < SCANNED) this.#first[identity] = object;
    else if (this.#all === undefined) this.#all = new Map(this.#first.map((o, i) => [o!, i]));
    this.#all?.set(object, identity);
  }

  /** Forgets all but the first `size`. */
  truncate(size: number): void {
    for (let i = size; i < this.#size && i < SCANNED; i++) this.#first[i] = undefined;
    if (this.#all !== undefined && size <= SCANNED) this.#all = undefined;
    if (this.#all !== undefined) {
      for (const [object, identity] of this.#all) if (identity >= size) this.#all.delete(object);
    }
    this.#size = size;
  }
}
