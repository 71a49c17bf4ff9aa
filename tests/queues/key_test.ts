import assert from "node:assert/strict";
import { test } from "node:test";
import { compareKeys, type Key, keyOf } from "../../src/queues/key.ts";

test("keyOf() is the item itself, or of an array the elements before the first that cannot be compared", () => {
  for (const item of [1, -0.5, Infinity, 2n, "a", ""]) assert.equal(keyOf(item), item);
  assert.deepEqual(keyOf([1, { job: 1 }]), [1]);
  assert.deepEqual(keyOf([1, [2, "b"], null, 4]), [1, [2, "b"]]);
  assert.deepEqual(keyOf([1, [{}]]), [1]);
  assert.deepEqual(keyOf([]), []);
});

test("keyOf() of what has no priority is undefined", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  for (const item of [NaN, null, undefined, true, {}, [{}], [NaN, 1], [, 1], circle, new Date()]) assert.equal(keyOf(item), undefined);
});

test("compareKeys() orders numbers with bigints, texts, and lists element by element", () => {
  const ordered: [Key, Key][] = [[1, 2], [1n, 1.5], [1.5, 2n], ["a", "b"], ["B", "a"], [[1], [1, 0]], [[1, 9], [2]], [[1, ["a"]], [1, [
    "b",
  ]]]];
  for (const [small, great] of ordered) {
    assert.ok(compareKeys(small, great) < 0);
    assert.ok(compareKeys(great, small) > 0);
    assert.equal(compareKeys(small, small), 0);
  }
});

test("compareKeys() refuses different kinds where they first differ, unless it is not strict", () => {
  for (const [a, b] of [[1, "1"], ["1", [1]], [[1, 2], [1, "b"]]] as [Key, Key][]) {
    assert.throws(() => compareKeys(a, b), TypeError);
    assert.ok(compareKeys(a, b, false) < 0);
    assert.ok(compareKeys(b, a, false) > 0);
  }
  assert.ok(compareKeys([1, 2], [2, "b"]) < 0);
});
