/** `RawValue` and `RawArray`: where they are found, and what is one. Rows: python-behaviour.md 1.13, 2.12. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import * as dummy from "@fenshen/multiprocessing/dummy";
import * as sharedctypes from "@fenshen/multiprocessing/sharedctypes";
import { leavesNothingBehind } from "../support/leftovers.ts";

const faces = [mp, dummy];

test("the main module, /sharedctypes and every context have RawValue and RawArray, thread contexts and /dummy in a flavor of their own", () => {
  const ofProcesses = [sharedctypes, mp.getContext(), mp.getContext("spawn"), mp.getContext("forkserver")];
  for (const name of ["RawValue", "RawArray"] as const) {
    for (const face of ofProcesses) assert.equal(face[name], mp[name]);
    for (const face of [dummy.getContext(), mp.getContext("thread")]) assert.equal(face[name], dummy[name]);
    assert.notEqual(dummy[name], mp[name]);
  }
});

test("RawValue and RawArray have no lock, begin with zeros, and take what Value and Array take [test_rawvalue, test_rawarray]", async () => {
  for (const { RawValue, RawArray } of faces) {
    const [value, array] = [new RawValue("i"), new RawArray("d", 2)];
    assert.throws(() => value.getLock(), { name: "TypeError", message: /: it was made with lock: false$/ });
    assert.throws(() => array.getLock(), TypeError);
    assert.equal(await value.add(2), 2);
    assert.deepEqual(await array.toArray(), [0, 0]);
    assert.deepEqual(await new RawArray("u", "text").toArray(), "text");
    assert.throws(() => new RawValue("x" as "i"), TypeError);
    assert.throws(() => new RawValue("i", 0.5), TypeError);
    assert.throws(() => new RawArray("i", -1), RangeError);
  }
});

test("every Value and Array without a lock is a RawValue or a RawArray of each face, and no other is", async () => {
  for (const { Value, Array: SharedArray, RawValue, RawArray } of faces) {
    const beside = new Value("i", 0, { lock: new mp.RLock() });
    for (const { RawValue: OtherValue, RawArray: OtherArray } of faces) {
      for (const one of [new RawValue("i"), new Value("i", 0, { lock: false }), await sharedctypes.copy(beside)]) {
        assert.ok(one instanceof OtherValue && one instanceof Value && !((one as unknown) instanceof OtherArray));
      }
      for (const one of [new RawArray("i", 1), new SharedArray("i", 1, { lock: false })]) {
        assert.ok(one instanceof OtherArray && one instanceof SharedArray && !((one as unknown) instanceof OtherValue));
      }
      for (const one of [new Value("i"), beside, sharedctypes.synchronized(new RawValue("i")), RawValue.prototype, {}, null, 5]) {
        assert.equal(one instanceof OtherValue, false);
      }
      for (const one of [new SharedArray("i", 1), sharedctypes.synchronized(new RawArray("i", 1)), RawArray.prototype, [], undefined]) {
        assert.equal(one instanceof OtherArray, false);
      }
    }
  }
});

test("a subclass of RawValue or RawArray has its own instances only", () => {
  for (const { RawValue, RawArray } of faces) {
    class OwnValue extends RawValue {}
    class OwnArray extends RawArray {}
    const [value, array] = [new OwnValue("i"), new OwnArray("i", 1)];
    assert.ok(value instanceof OwnValue && value instanceof RawValue && value instanceof mp.Value);
    assert.ok(array instanceof OwnArray && array instanceof RawArray && array instanceof mp.Array);
    assert.deepEqual([new RawValue("i") instanceof OwnValue, new RawArray("i", 1) instanceof OwnArray], [false, false]);
  }
});

leavesNothingBehind();
