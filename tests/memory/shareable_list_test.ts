/** `ShareableList` in one unit. Rows: python-behaviour.md 1.12 and 2.13. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as mp from "@fenshen/multiprocessing";
import { ShareableList, SharedMemory } from "@fenshen/multiprocessing/shared_memory";

function remove(...lists: ShareableList[]): void {
  for (const list of lists) {
    list.shm.close();
    list.shm.unlink();
  }
}

test("items of every type are read as they were written [test_shared_memory_ShareableList_basics]", () => {
  const items = ["howdy", Uint8Array.of(1, 255), -273.154, 100, null, true, false, 42n, 2n ** 63n - 1n, "", NaN, 1e300, "ünï 🎉"];
  const list = new ShareableList(items);
  const read = items.map((item) => item === 42n ? 42 : item);
  assert.deepEqual([...list], read);
  assert.equal(list.length, items.length);
  assert.equal(list.format, "8s8sdq" + "xxxxxx?x" + "xxxxxxx?".repeat(2) + "qq8sdd16s");
  assert.deepEqual([list.get(-1), list.get(-13)], ["ünï 🎉", "howdy"]);
  assert.equal(inspect(new ShareableList(null, { name: list.shm.name })), inspect(list));
  remove(list);
});

test("a text that begins with a byte order mark keeps it", () => {
  const list = new ShareableList(["\uFEFFname"]);
  assert.equal(list.get(0), "\uFEFFname");
  assert.equal(list.index("\uFEFFname"), 0);
  remove(list);
});

test("an item changes its value and its type, also for others", () => {
  const list = new ShareableList(["howdy", 1.5, 100]);
  const other = new ShareableList(null, { name: list.shm.name });
  list.set(0, 7);
  list.set(1, 2);
  list.set(2, null);
  assert.deepEqual([...other], [7, 2, null]);
  assert.equal(other.format, "qdxxxxxx?x");
  other.set(2, "text");
  assert.equal(list.get(2), "text");
  other.shm.close();
  remove(list);
});

test("a text that is longer than its place is refused, and nothing spills", () => {
  const list = new ShareableList(["1234567", 5, "12345678"]);
  assert.throws(() => list.set(0, "123456789"), /must fit into the 8 bytes of its place, received 9 bytes/);
  assert.throws(() => list.set(0, "äöüßé"), RangeError);
  assert.throws(() => list.set(1, "123456789"), RangeError);
  list.set(0, "äöüß");
  list.set(2, "1234567890123456");
  assert.deepEqual([...list], ["äöüß", 5, "1234567890123456"]);
  remove(list);
});

test("an index out of range, and one that is no integer, are refused", () => {
  const list = new ShareableList([1, 2]);
  for (const index of [2, -3]) {
    assert.throws(() => list.get(index), new RangeError(`Cannot use an item of a ShareableList: it has 2, received the index ${index}`));
    assert.throws(() => list.set(index, 1), RangeError);
  }
  assert.throws(() => list.get("0" as never), TypeError);
  remove(list);
});

test("items that have no place in the layout are refused", () => {
  for (const item of [undefined, {}, [1], Symbol("s")]) assert.throws(() => new ShareableList([item as never]), TypeError);
  assert.throws(() => new ShareableList([2n ** 63n]), /an integer must have at most 64 bits, received 9223372036854775808/);
  assert.throws(() => new ShareableList(5 as never), TypeError);
});

test("a text with half a surrogate pair is refused, as Python does, and nothing is changed", () => {
  assert.throws(() => new ShareableList(["\ud800"]), RangeError);
  const list = new ShareableList(["whole"]);
  const refusal = "Cannot set an item of a ShareableList: a text must be encodable as UTF-8, received half a surrogate pair";
  assert.throws(() => list.set(0, "a\udc00"), new RangeError(refusal));
  list.set(0, list.get(0) === "whole" ? "\u{1f600}" : "");
  assert.equal(list.get(0), "\u{1f600}");
  remove(list);
});

test("count and index compare by value", () => {
  const list = new ShareableList([1, "a", Uint8Array.of(3), 1, null]);
  assert.deepEqual([list.count(1), list.count(1n), list.count("b"), list.count(Uint8Array.of(3))], [2, 2, 0, 1]);
  assert.deepEqual([list.index("a"), list.index(Uint8Array.of(3)), list.index(null)], [1, 2, 4]);
  assert.throws(() => list.index("b"), RangeError);
  remove(list);
});

test("a list may be empty, and copied under a name", () => {
  const empty = new ShareableList();
  assert.deepEqual([...empty, empty.length, empty.format], [0, ""]);
  const name = `test_${mp.currentProcess().pid}_copy`;
  const list = new ShareableList(["a", 2]);
  const copy = new ShareableList(list, { name });
  list.set(1, 3);
  assert.deepEqual([...copy, copy.shm.name], ["a", 2, name]);
  remove(empty, list, copy);
});

test("memory that holds no list is refused", () => {
  for (const fill of [0xff, 0x7f, 1]) {
    const memory = new SharedMemory({ create: true, size: 100 });
    memory.buf.fill(fill);
    assert.throws(() => new ShareableList(null, { name: memory.name }), /must hold one, received something else/);
    memory.close();
    memory.unlink();
  }
});

test("a list that is closed refuses its items", () => {
  const list = new ShareableList([1]);
  remove(list);
  assert.throws(() => list.get(0), mp.ClosedError);
  assert.throws(() => list.set(0, 1), mp.ClosedError);
  assert.match(inspect(list), /^ShareableList\(\[\.\.\.\], name='psm_/);
});
