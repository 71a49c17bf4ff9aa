/** In which order a queue hands out its items. @module */
import { Deque } from "../base/deque.ts";
import { compareKeys, isKey, type Key } from "./key.ts";

/** An accepted item. */
export interface Item {
  /** Encoded by the producer; never decoded here. */
  readonly bytes: Uint8Array;
  /** What a priority queue orders by. */
  readonly key: unknown;
  /** Its place in the order of acceptance, so that an item that comes back finds it again. */
  readonly order: number;
}

/** The items that wait in a queue. */
export interface ItemOrder {
  /** How many. */
  readonly length: number;
  /** Refuses a key that this order cannot use. @throws {TypeError} */
  checkKey(key: unknown): void;
  /** Adds one that is newer than all that were added before. @throws {TypeError} when it cannot be compared; then nothing has changed. */
  add(item: Item): void;
  /** Adds one that was here before. */
  putBack(item: Item): void;
  /** Takes the one that is next. */
  shift(): Item | undefined;
  /** Takes a certain one; says whether it was here. */
  remove(item: Item): boolean;
  /** Drops all. */
  clear(): void;
}

/** First in, first out. */
export class FifoItems implements ItemOrder {
  readonly #items = new Deque<Item>();

  get length(): number {
    return this.#items.length;
  }

  checkKey(_key: unknown): void {}

  add(item: Item): void {
    this.#items.push(item);
  }

  putBack(item: Item): void {
    const earlier: Item[] = [];
    while ((this.#items.peek()?.order ?? Infinity) < item.order) earlier.push(this.#items.shift()!);
    this.#items.unshift(item);
    while (earlier.length > 0) this.#items.unshift(earlier.pop()!);
  }

  shift(): Item | undefined {
    return this.#items.shift();
  }

  remove(item: Item): boolean {
    return this.#items.remove(item);
  }

  clear(): void {
    this.#items.clear();
  }
}

/** What the orders that take from the end of an array have in common. */
abstract class StackedItems implements ItemOrder {
  /** The next one is the last. */
  protected items: Item[] = [];

  get length(): number {
    return this.items.length;
  }

  abstract checkKey(key: unknown): void;
  abstract add(item: Item): void;
  abstract putBack(item: Item): void;

  shift(): Item | undefined {
    return this.items.pop();
  }

  remove(item: Item): boolean {
    const index = this.items.lastIndexOf(item);
    if (index >= 0) this.items.splice(index, 1);
    return index >= 0;
  }

  clear(): void {
    this.items = [];
  }
}

/** Last in, first out. */
export class LifoItems extends StackedItems {
  checkKey(_key: unknown): void {}

  add(item: Item): void {
    this.items.push(item);
  }

  putBack(item: Item): void {
    let index = this.items.length;
    while (index > 0 && this.items[index - 1]!.order > item.order) index--;
    this.items.splice(index, 0, item);
  }
}

/**
 * The smallest key first; of equal ones the oldest.
 *
 * Sorted, not a heap: the search for the place of a new item meets its neighbours, and whatever it cannot be compared with would be one of them or
 * stand among others of its kind. So an item that cannot be compared is refused when it comes, and never found out when another one leaves.
 */
export class PriorityItems extends StackedItems {
  checkKey(key: unknown): void {
    if (!isKey(key)) throw new TypeError(`Cannot put into a PriorityQueue: its key must be comparable, received ${typeof key}`);
  }

  add(item: Item): void {
    this.#insert(item, true);
  }

  putBack(item: Item): void {
    // It was accepted before: what came meanwhile and cannot be compared with it must not lose it.
    this.#insert(item, false);
  }

  #insert(item: Item, strict: boolean): void {
    let [from, to] = [0, this.items.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.items[middle]!;
      const order = compareKeys(item.key as Key, other.key as Key, strict) || item.order - other.order;
      if (order > 0) to = middle;
      else from = middle + 1;
    }
    this.items.splice(from, 0, item);
  }
}
