/** The stack of CPython's machine for pickles, its marks, and its memo. @module */
import { corrupt } from "../corrupt.ts";

/** Values that wait for what takes them. A mark is where those of a container begin. */
export class PickleStack {
  readonly #values: unknown[] = [];
  readonly #marks: number[] = [];
  readonly #memo: unknown[] = [];
  readonly #maxMemo: number;

  constructor(maxMemo: number) {
    this.#maxMemo = maxMemo;
  }

  get isEmpty(): boolean {
    return this.#values.length === 0 && this.#marks.length === 0;
  }

  push(value: unknown): void {
    this.#values.push(value);
  }

  /** Where the values of the innermost open container begin: nothing below may be taken. */
  #floor(): number {
    return this.#marks.length === 0 ? 0 : this.#marks[this.#marks.length - 1]!;
  }

  pop(): unknown {
    if (this.#values.length <= this.#floor()) throw corrupt("a value is missing");
    return this.#values.pop();
  }

  top(): unknown {
    if (this.#values.length <= this.#floor()) throw corrupt("a value is missing");
    return this.#values[this.#values.length - 1];
  }

  /** POP takes a mark where nothing stands above it. */
  drop(): void {
    if (this.#values.length > this.#floor()) this.#values.pop();
    else if (this.#marks.pop() === undefined) throw corrupt("a value is missing");
  }

  mark(): void {
    this.#marks.push(this.#values.length);
  }

  popToMark(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw corrupt("a mark is missing");
    const values = this.#values.slice(mark);
    this.#values.length = mark;
    return values;
  }

  /** Remembers the topmost value under the next number. */
  memoize(): void {
    this.put(this.#memo.length);
  }

  /** Entries are numbered one after the other, from 0 or 1: a number far away would only be a way to use up memory. */
  put(index: number): void {
    const memo = this.#memo;
    if (index < 0 || index > memo.length + 1) throw corrupt("its memo has a gap");
    if (index >= this.#maxMemo) throw corrupt(`its memo has more than ${this.#maxMemo} entries`);
    if (index > memo.length) memo.push(undefined);
    memo[index] = this.top();
  }

  /** Pushes what was remembered. */
  fetch(index: number): void {
    const value = this.#memo[index];
    if (value === undefined) throw corrupt("its memo has no such entry");
    // CPython has one object for all bytes of this length and content. Here they can be written to, and must not be tied to each other.
    const isTied = value instanceof Uint8Array && value.length <= 1;
    this.push(isTied ? value.slice() : value);
  }
}
