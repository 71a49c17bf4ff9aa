/** A double-ended queue in amortised constant time. @module */

/** Items in order, cheap at both ends. */
export class Deque<T> {
  #front: T[] = []; // reversed: its last element is the first item
  #back: T[] = [];
  #head = 0; // index of the first live element of #back

  /** How many items are held. */
  get length(): number {
    return this.#front.length + this.#back.length - this.#head;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    this.#back.push(item);
  }

  /** Adds an item at the beginning. */
  unshift(item: T): void {
    this.#front.push(item);
  }

  /** Takes the first item, or `undefined` when there is none. */
  shift(): T | undefined {
    if (this.#front.length > 0) return this.#front.pop();
    if (this.#head === this.#back.length) return undefined;
    const item = this.#back[this.#head];
    this.#back[this.#head++] = undefined as T;
    if (this.#head > 1024 && this.#head * 2 > this.#back.length) {
      this.#back = this.#back.slice(this.#head);
      this.#head = 0;
    } else if (this.#head === this.#back.length) {
      this.#back.length = 0;
      this.#head = 0;
    }
    return item;
  }

  /** The first item, which stays. */
  peek(): T | undefined {
    return this.#front.length > 0 ? this.#front[this.#front.length - 1] : this.#back[this.#head];
  }

  /** Removes one occurrence of an item; says whether it was there. */
  remove(item: T): boolean {
    const f = this.#front.lastIndexOf(item);
    if (f >= 0) {
      this.#front.splice(f, 1);
      return true;
    }
    const b = this.#back.indexOf(item, this.#head);
    if (b < 0) return false;
    this.#back.splice(b, 1);
    return true;
  }

  /** Forgets all items. */
  clear(): void {
    this.#front.length = 0;
    this.#back.length = 0;
    this.#head = 0;
  }

  /** The items from first to last. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = this.#front.length - 1; i >= 0; i--) yield this.#front[i]!;
    for (let i = this.#head; i < this.#back.length; i++) yield this.#back[i]!;
  }
}
