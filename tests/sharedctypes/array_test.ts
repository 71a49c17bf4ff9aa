/** `Array` in one unit. Rows: python-behaviour.md 1.13, 2.12. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";

test("Array has length, elements and slices, to read and to write [_TestArray.test_array]", async () => {
  const array = new mp.Array("i", [680, 626, 934, 821, 150, 233, 548, 982, 714, 831]);
  assert.equal(array.length, 10);
  assert.equal(await array.get(4), 150);
  await array.set(4, 72);
  assert.equal(await array.get(-6), 72);
  assert.deepEqual(await array.slice(2, 5), [934, 821, 72]);
  await array.setSlice(3, [1, 2, 3]);
  assert.deepEqual(await array.toArray(), [680, 626, 934, 1, 2, 3, 548, 982, 714, 831]);
  await array.fill(7, -2);
  await array.fill(9, 0, 1);
  assert.deepEqual(await array.slice(-3), [982, 7, 7]);
  assert.equal(await array.add(0, -10), -1);
});

test("Array of a size is all zero [test_array_from_size]", async () => {
  assert.deepEqual(await new mp.Array("d", 3).toArray(), [0, 0, 0]);
  assert.deepEqual(await new mp.Array("Q", 2).toArray(), [0n, 0n]);
  const empty = new mp.Array("i", 0);
  assert.equal(empty.length, 0);
  assert.deepEqual(await empty.toArray(), []);
  await empty.fill(5);
  assert.deepEqual([await new mp.Array("i", []).toArray(), await new mp.Array("u", 0).toArray()], [[], ""]);
});

test("Array is made from any iterable, and copies it", async () => {
  const source = [1, 2];
  const array = new mp.Array("h", source);
  source[0] = 9;
  assert.deepEqual(await array.toArray(), [1, 2]);
  assert.deepEqual(await new mp.Array("i", new Set([3, 4])).toArray(), [3, 4]);
  assert.deepEqual(await new mp.Array("d", Float32Array.of(0.5)).toArray(), [0.5]);
  assert.deepEqual(await new mp.Array("q", [1, 2n, true]).toArray(), [1n, 2n, 1n]);
});

test("Array of bytes gives Uint8Arrays, one of characters gives texts", async () => {
  const bytes = new mp.Array("c", new TextEncoder().encode("hello"));
  assert.deepEqual(await bytes.get(0), Uint8Array.of(104));
  await bytes.set(0, 72);
  assert.equal(new TextDecoder().decode(await bytes.toArray()), "Hello");
  const text = new mp.Array("u", "aß😀");
  assert.equal(text.length, 3);
  assert.equal(await text.get(-1), "😀");
  await text.setSlice(0, "xy");
  assert.equal(await text.slice(), "xy😀");
});

test("Array: an index out of range is a RangeError, in a slice it is cut off [1.13]", async () => {
  const array = new mp.Array("i", [1, 2, 3]);
  for (const index of [3, -4]) {
    await assert.rejects(array.get(index), {
      name: "RangeError",
      message: new RegExp(`^Cannot use an element of Array [0-9a-f]{8}: it has 3, received the index ${index}$`),
    });
    await assert.rejects(array.set(index, 0), RangeError);
    await assert.rejects(array.add(index, 0), RangeError);
  }
  for (const index of [1.5, NaN, "1", undefined]) await assert.rejects(array.get(index as never), TypeError);
  assert.deepEqual(await array.slice(-100, 100), [1, 2, 3]);
  assert.deepEqual(await array.slice(2, 1), []);
  await assert.rejects(array.slice(0.5), TypeError);
});

test("Array.setSlice() sets all or nothing [1.13]", async () => {
  const array = new mp.Array("i", [1, 2, 3]);
  await assert.rejects(array.setSlice(2, [8, 9]), {
    name: "RangeError",
    message: /^Cannot set a slice of Array [0-9a-f]{8}: from 2 on there is place for 1, received 2$/,
  });
  await assert.rejects(array.setSlice(0, [8, 0.5]), { name: "TypeError", message: /, element 1: it must be an integer, received 0\.5$/ });
  await assert.rejects(array.setSlice(0, 5 as never), TypeError);
  await array.setSlice(3, []);
  assert.deepEqual(await array.toArray(), [1, 2, 3]);
});

test("Array refuses a bad size, initializer or typecode", () => {
  const make = (typecode: unknown, given: unknown) => () => new mp.Array(typecode as "i", given as number);
  assert.throws(make("i", -1), { name: "RangeError", message: "Cannot make an Array: its size must be an integer from 0 on, received -1" });
  assert.throws(make("i", 2.5), TypeError);
  assert.throws(make("i", undefined), TypeError);
  assert.throws(make("i", "123"), TypeError);
  assert.throws(make("c", "abc"), { name: "TypeError", message: /new TextEncoder\(\)\.encode\(text\)$/ });
  assert.throws(make("i", [1, "2"]), { message: "Cannot make an Array, element 1: it must be an integer, received string" });
  assert.throws(make("z", 1), TypeError);
});

test("Array: a size for which there is no memory fails at its first use, and harms nothing else", async () => {
  const array = new mp.Array("d", 2 ** 52);
  await assert.rejects(array.get(0), RangeError);
  assert.deepEqual(await new mp.Array("d", 1).toArray(), [0]);
});

test("Array.compareAndSwap() and view concern one element", async () => {
  for (const lock of [true, false, new mp.RLock()]) {
    const array = new mp.Array("q", [1, 2, 3], { lock });
    assert.equal(await array.compareAndSwap(-1, 3, 7), true);
    assert.equal(await array.compareAndSwap(0, 3, 7), false);
    assert.deepEqual(await array.toArray(), [1n, 2n, 7n]);
    await assert.rejects(array.compareAndSwap(3, 0, 0), RangeError);
  }
  const numbers = new mp.Array("d", [0.5, 1.5]);
  numbers.view.forEach((number, index) => numbers.view[index] = number * 2);
  assert.deepEqual(await numbers.toArray(), [1, 3]);
});

test("Arrays larger than a segment of small ones have memory of their own", async () => {
  const arrays = [10, 100_000, 1_000_000].map((length) => new mp.Array("d", length));
  for (const array of arrays) await array.fill(array.length);
  for (const array of arrays) assert.ok(array.view.every((number) => number === array.length));
});

test("Array: `for await` goes through the elements as they were at its start", async () => {
  const array = new mp.Array("u", "abc");
  const seen: string[] = [];
  for await (const character of array) {
    await array.fill("x");
    seen.push(character);
  }
  assert.deepEqual(seen, ["a", "b", "c"]);
});

test("Array.getLock(), lock: false and view as for Value [test_getobj_getlock_obj]", async () => {
  const lock = new mp.Lock();
  assert.equal(new mp.Array("i", 1, { lock }).getLock(), lock);
  assert.ok(new mp.Array("i", 1).getLock() instanceof mp.RLock);
  const bare = new mp.Array("i", 1, { lock: false });
  assert.throws(() => bare.getLock(), TypeError);
  bare.view[0] = 3;
  assert.equal(await bare.get(0), 3);
  assert.throws(() => new mp.Array("i", 1, { lock }).view, { name: "TypeError", message: /^Cannot view Array / });
  const array = new mp.Array("i", [1, 2]);
  await array.getLock().run(async () => await array.setSlice(0, (await array.toArray()).reverse()));
  assert.deepEqual(await array.toArray(), [2, 1]);
  assert.equal(inspect(array), "<Array i length=2>");
});

leavesNothingBehind();
