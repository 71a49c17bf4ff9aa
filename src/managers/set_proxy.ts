/** The public `SetProxy`. @module */
import { failed } from "../server/request.ts";
import { safeText } from "../wire/refuse.ts";
import { ask, type Asked, asked, BaseProxy, callObject, changeBy, targetOf } from "./base_proxy.ts";
import { encodeKey } from "./dict_key.ts";
import type { Combination } from "./set_object.ts";
import { unpack } from "./stored.ts";

/**
 * A set in a manager, made by `await manager.set()`. Members are plain data, and equal when their contents are, properties and entries in the
 * same order.
 *
 * *Differs from Python*: `x in s` is `has(x)`, `len(s)` is `size()`; what combines two sets gives a `Set`, a copy.
 *
 * @typeParam T The members.
 *
 * @example
 * ```ts
 * import * as mp from "@fenshen/multiprocessing";
 * import assert from "node:assert/strict";
 *
 * if (mp.isMain(import.meta)) {
 *   await using manager = await mp.Manager();
 *   const seen = await manager.set(["a"]);
 *   await seen.add("b");
 *   assert.deepEqual(await seen.union(["c"]), new Set(["a", "b", "c"]));
 *   assert.equal(await seen.size(), 2);
 * }
 * ```
 *
 * Python: `multiprocessing/managers.py`, `SetProxy` (3.14).
 */
export class SetProxy<T = unknown> extends BaseProxy {
  /** Adds a member. @param member The member. */
  add(member: T): Promise<void> {
    return this.#send("add", [member]);
  }

  /** Whether it is a member. @param member What to look for. */
  has(member: T): Promise<boolean> {
    return callObject(this, { method: "has", args: () => [encodeKey(member, "member")] });
  }

  /** Takes a member out. @param member The member. @returns Whether it was one. */
  delete(member: T): Promise<boolean> {
    return callObject(this, { method: "delete", args: () => [encodeKey(member, "member")] });
  }

  /** Takes a member out, if it is one. @param member The member. */
  async discard(member: T): Promise<void> {
    await this.delete(member);
  }

  /** Takes a member out. @param member The member. @throws {RangeError} it is none. */
  async remove(member: T): Promise<void> {
    if (!await this.delete(member)) {
      throw new RangeError(`Cannot remove from ${targetOf(this).ref.label}: there is no such member, received ${safeText(member)}`);
    }
  }

  /** Takes a member out. @returns The one that was added first. @throws {RangeError} the set is empty. */
  pop(): Promise<T> {
    return ask<T, Uint8Array | null>(this, "pop", [], (bytes) => {
      if (bytes === null) throw new RangeError(`Cannot pop from ${targetOf(this).ref.label}: it is empty`);
      return unpack(bytes) as T;
    });
  }

  /** Takes all members out. */
  clear(): Promise<void> {
    return ask(this, "clear");
  }

  /** How many members it has. */
  get size(): Asked<number> {
    return asked(() => ask<number>(this, "size"));
  }

  /** A copy of the members. */
  values(): Promise<T[]> {
    return ask<T[], Uint8Array[]>(this, "values", [], readAll);
  }

  /** A copy. */
  copy(): Promise<Set<T>> {
    return ask<Set<T>, Uint8Array[]>(this, "values", [], (all) => new Set(readAll<T>(all)));
  }

  /** A copy. */
  override getValue(): Promise<Set<T>> {
    return this.copy();
  }

  /**
   * Changes the set by a function, in one step.
   *
   * @param fn Gets a copy, as a `Set`, and the arguments; see {@linkcode ListProxy.update}. @param args What else it gets.
   * @returns What it returned; `undefined` for the set itself.
   */
  update<A extends readonly unknown[], R>(fn: (members: Set<T>, ...args: A) => R, ...args: A): Promise<R>;
  /** Adds many members, in one step. @param members The members. */
  update(members: Iterable<T>): Promise<void>;
  update(first: unknown, ...args: readonly unknown[]): Promise<unknown> {
    return typeof first === "function" ? changeBy(this, first, args) : this.#send("add", first as Iterable<T>);
  }

  /** All members and the others. @param others The others. */
  union(others: Iterable<T>): Promise<Set<T>> {
    return this.#combine("union", others);
  }

  /** The members that are among the others. @param others The others. */
  intersection(others: Iterable<T>): Promise<Set<T>> {
    return this.#combine("intersection", others);
  }

  /** The members that are not among the others. @param others The others. */
  difference(others: Iterable<T>): Promise<Set<T>> {
    return this.#combine("difference", others);
  }

  /** What is in one of both only. @param others The others. */
  symmetricDifference(others: Iterable<T>): Promise<Set<T>> {
    return this.#combine("symmetricDifference", others);
  }

  /** Whether all members are among the others. @param others The others. */
  isSubsetOf(others: Iterable<T>): Promise<boolean> {
    return this.#compare(others, (common, mine) => common === mine);
  }

  /** Whether all others are members. @param others The others. */
  isSupersetOf(others: Iterable<T>): Promise<boolean> {
    return this.#compare(others, (common, _mine, theirs) => common === theirs);
  }

  /** Whether no member is among the others. @param others The others. */
  isDisjointFrom(others: Iterable<T>): Promise<boolean> {
    return this.#compare(others, (common) => common === 0);
  }

  /** The members that it has when the iteration begins. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this.values();
  }

  #combine(how: Combination, others: Iterable<T>): Promise<Set<T>> {
    return this.#send<Set<T>, Uint8Array[]>("combine", others, [how], (all) => new Set(readAll<T>(all)));
  }

  #compare(others: Iterable<T>, test: (common: number, mine: number, theirs: number) => boolean): Promise<boolean> {
    return this.#send<boolean, [number, number, number]>("compare", others, [], (counts) => test(...counts));
  }

  #send<R, A = R>(method: string, members: Iterable<T>, before: readonly unknown[] = [], read?: (answer: A) => R): Promise<R> {
    if (typeof (members as Partial<Iterable<T>> | null)?.[Symbol.iterator] !== "function") {
      return failed(new TypeError(`Cannot use members: they must be an iterable, received ${members === null ? "null" : typeof members}`));
    }
    return callObject<R, A>(this, { method, args: () => [...before, Array.from(members, (member) => encodeKey(member, "member"))], read });
  }
}

function readAll<T>(all: readonly Uint8Array[]): T[] {
  return all.map((bytes) => unpack(bytes) as T);
}
