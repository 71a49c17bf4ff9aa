/** What the objects have in common that a manager serves: steps that nobody interrupts, and changes by a function that a client sends. @module */
import type { FindServed, ServedObject } from "../server/served.ts";
import type { Parcels } from "../server/parcels.ts";
import { decodeValue, encodeValue, type Undo } from "../reference/value.ts";
import { bytesOf, Keeper, pack, type Stored, unpackAll } from "./stored.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** Holds stored values. */
export abstract class Container implements ServedObject {
  /** Keeps alive what the values refer to. */
  protected readonly keeper = new Keeper();
  /** Whether a function that returns what it was given answers with it. Most change it in place, and nobody wants all of it back. */
  protected readonly answersContents: boolean = false;
  /** A step that had to wait for a module is under way; later steps wait for it. */
  #busy: Promise<unknown> | null = null;

  /** See {@linkcode ServedObject.moveIn}. */
  moveIn(_find: FindServed, parcels: Parcels): void {
    this.keeper.moveIn(parcels);
  }

  /** Everything it holds. */
  protected abstract contents(): Iterable<Stored>;

  /** Lets go of what its values refer to. */
  dispose(): void {
    for (const stored of this.contents()) this.keeper.drop(stored);
  }

  /** It holds nothing for anybody. */
  clientGone(): void {}

  /** A step: at once, unless another one is under way. */
  protected step<T>(work: () => T): T | Promise<Awaited<T>> {
    if (this.#busy === null) return work();
    return this.#busy.then(() => this.step(work)) as Promise<Awaited<T>>;
  }

  /** A step that may have to wait in the middle; nothing else happens meanwhile. */
  protected longStep<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy !== null) return this.#busy.then(() => this.longStep(work));
    const done = work();
    const over = () => (this.#busy = null);
    this.#busy = done.then(over, over);
    return done;
  }

  /**
   * Calls a client's function with a copy of the contents, and stores what has become of them; nothing when it throws, or its
   * result cannot travel.
   *
   * @param call The function and its arguments, encoded. @param stored The contents.
   * @param build Makes of the decoded contents what the function gets. @param take Stores what has become of it.
   * @returns What the function returned, encoded; `undefined` for the contents themselves.
   */
  protected change<C>(
    call: unknown,
    stored: () => readonly Stored[],
    build: (values: unknown[]) => C,
    take: (contents: C, result: unknown, store: (values: readonly unknown[]) => Promise<Stored[]>) => Promise<void>,
  ): Promise<Uint8Array> {
    return this.longStep(async () => {
      const [fn, args] = await decodeValue(bytesOf(call as Stored)) as [AnyFunction, unknown[]];
      const before = stored();
      const values = await unpackAll(before.map(bytesOf));
      const known = new Map<unknown, Stored>();
      values.forEach((value, index) => isReusable(value) && known.set(value, before[index]!));
      const contents = build(values);
      const result = fn(contents, ...args);
      if (typeof (result as PromiseLike<unknown> | null)?.then === "function") {
        Promise.resolve(result).catch(() => {}); // Its failure is not what the caller is told.
        throw new TypeError(`Cannot update by ${fn.name || "a function"}: it must do its work at once, received a promise`);
      }
      const carried: Undo[] = [];
      const answer = await encodeValue(result === contents && !this.answersContents ? undefined : result, "result", carried);
      try {
        await take(contents, result, (all) => this.#encode(all, known));
      } catch (error) {
        carried.forEach((undo) => undo());
        throw error;
      }
      return answer;
    });
  }

  /** Values as they are stored; texts and numbers that were there before need not be encoded again. */
  async #encode(values: readonly unknown[], known: ReadonlyMap<unknown, Stored>): Promise<Stored[]> {
    const carried: Undo[] = [];
    try {
      return await Promise.all(values.map((value, index) => {
        const same = isReusable(value) ? known.get(value) : undefined;
        return same ?? pack(this.keeper.link, value, `contents[${index}]`, carried);
      }));
    } catch (error) {
      carried.forEach((undo) => undo());
      throw error;
    }
  }
}

/** Whether the value is the same as long as it is equal. */
function isReusable(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function" && !Object.is(value, -0));
}
