import assert from "node:assert/strict";
import { test } from "node:test";
import { difference } from "./fixtures/same.ts";

test("difference() sees what the wire promises to keep", () => {
  const shared = {};
  const pairs: [unknown, unknown][] = [
    [0, -0],
    [1, 1n],
    [[,], [undefined]],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }],
    [{}, Object.create(null)],
    [[shared, shared], [{}, {}]],
    [[{}, {}], [shared, shared]],
    [Object.assign([1], { x: 1 }), [1]],
    [new Map([[1, 2], [3, 4]]), new Map([[3, 4], [1, 2]])],
    [new Date(1), new Date(2)],
    [/a/g, /a/],
    [Object("a"), "a"],
    [new Uint8Array([1]), new Uint8Array([2])],
    [new Uint8Array(4).subarray(1), new Uint8Array(3)],
    [new TypeError("x"), new Error("x")],
    [Object.assign(new Error("x"), { code: 1 }), new Error("x")],
  ];
  pairs.forEach(([a, b], i) => assert.notEqual(difference(a, b), null, `pair ${i}`));
  assert.equal(difference([shared, shared, NaN], [shared, shared, NaN]), null);
});
