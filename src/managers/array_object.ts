/** The array behind every {@linkcode ArrayProxy}; lives in a manager's server. @module */
import type { Call } from "../server/served.ts";
import { type Cells, kindOf, rowOf, type Stored as Cell, storedElements, type Typecode } from "../sharedctypes/typecodes.ts";
import { Container } from "./container.ts";
import type { Stored } from "./stored.ts";

/** What it is made with. */
export interface ArrayParams {
  readonly typecode: Typecode;
  readonly length: number;
}

/** Numbers of one type. Indices below 0 count from the end. */
export class ArrayObject extends Container {
  /** See {@linkcode ServedClass.exposed}. */
  static readonly exposed: readonly string[] = ["get", "set", "slice", "fill", "update"];
  readonly #typecode: Typecode;
  readonly #cells: Cells;

  /** @param params {@linkcode ArrayParams}. */
  constructor(params: unknown) {
    super();
    const { typecode, length } = (params ?? {}) as Partial<ArrayParams>;
    const kind = kindOf(typecode, "make", "an Array");
    if (!Number.isSafeInteger(length) || length! < 0) {
      throw new RangeError(`Cannot make an Array: length must be an integer from 0 on, received ${String(length)}`);
    }
    this.#typecode = typecode!;
    this.#cells = new kind.cells(length!);
  }

  /** An element. @throws {RangeError} there is none. */
  get(_call: Call, index: unknown): Cell | Promise<Cell> {
    return this.step(() => this.#cells[this.#at(index)]!);
  }

  /** Sets an element. @throws {RangeError} there is none. */
  set(_call: Call, index: unknown, value: unknown): void | Promise<void> {
    return this.step(() => void (this.#cells[this.#at(index)] = value as never));
  }

  /** A copy of some elements. */
  slice(_call: Call, start: unknown, end: unknown): Cells | Promise<Cells> {
    return this.step(() => this.#cells.slice(start as number, end as number));
  }

  /** Sets all elements from an index on. */
  fill(_call: Call, start: unknown, values: unknown): void | Promise<void> {
    return this.step(() => this.#cells.set(values as never, start as number));
  }

  /** See {@linkcode Container.change}: the function gets an array, whose length must stay. */
  update(_call: Call, fn: unknown): Promise<Uint8Array> {
    const build = () => Array.from(rowOf(this.#typecode, this.#cells) as Iterable<unknown>);
    return this.change(fn, () => [], build, async (contents) => {
      if (contents.length !== this.#cells.length) {
        throw new RangeError(`Cannot update an Array: its length must stay ${this.#cells.length}, received ${contents.length}`);
      }
      this.#cells.set(storedElements(this.#typecode, contents, "update an Array") as never);
    });
  }

  /** For people. */
  describe(): string {
    return `<array ${this.#typecode} of ${this.#cells.length}>`;
  }

  protected override contents(): Stored[] {
    return [];
  }

  #at(index: unknown): number {
    const length = this.#cells.length;
    const at = (index as number) < 0 ? (index as number) + length : index as number;
    if (Number.isInteger(at) && at >= 0 && at < length) return at;
    throw new RangeError(
      `Cannot use an element of an Array: the index must be from ${-length} to ${length - 1}, received ${String(index)}`,
    );
  }
}
