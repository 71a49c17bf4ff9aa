/** Shared objects of classes that extend the library's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import * as dummy from "@fenshen/multiprocessing/dummy";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { Counter, digUp, JobQueue, Labelled, labelOf, makeHidden, Marked, nameOf, Seats, useAll } from "./fixtures/subclasses.ts";

for (const method of ["spawn", "thread"] as const) {
  test(`an instance of a subclass arrives as one (${method}), with its own properties`, { timeout: 60_000 }, async () => {
    const [jobs, seats, counter] = [new JobQueue(), new Seats(1), new Counter()];
    jobs.made = 6;
    const child = new (mp.getContext(method).Process)({ target: useAll, args: [jobs, seats, counter] });
    await child.start();
    assert.equal(await child.join(), 0);
    assert.equal(await jobs.getNowait(), "7: true,true,true,true,2,true,false,6");
    assert.deepEqual([jobs.made, await counter.get()], [6, 6]);
  });
}

test("one whose class no import leads to is refused in the call, with what to do", async () => {
  const child = new mp.Process({ target: useAll as (...args: unknown[]) => unknown, args: [makeHidden()] });
  await assert.rejects(child.start(), (error: Error) => {
    assert.ok(error instanceof mp.SerializationError);
    assert.match(error.message, /Hidden/);
    return true;
  });
});

test("one deep in a value has its properties, too", { timeout: 60_000 }, async () => {
  const pool = new dummy.Pool(1);
  try {
    for (const depth of [1, 62, 63, 64, 65, 1000]) {
      let value: unknown = new JobQueue();
      for (let level = 0; level < depth; level++) value = [value];
      assert.equal(await pool.apply(digUp, [value, depth]), "true 0 true", `${depth}`);
    }
  } finally {
    await pool.terminate();
  }
});

test("a property that cannot travel is named with its path", async () => {
  const child = new mp.Process({ target: useAll as (...args: unknown[]) => unknown, args: [new Marked()] });
  await assert.rejects(child.start(), /args\[0\]\.mark\b/);
});

test("the reducer of a subclass counts more than what the library would do", { timeout: 60_000 }, async () => {
  const pool = new dummy.Pool(1);
  try {
    assert.equal(await pool.apply(labelOf, [new Labelled("of its own")]), "of its own");
  } finally {
    await pool.terminate();
  }
});

test("a Value of dummy arrives as one, whose class is that of the main module", { timeout: 60_000 }, async () => {
  const value = new dummy.Value("i", 5);
  const pool = new dummy.Pool(1);
  try {
    assert.deepEqual(await pool.apply(nameOf, [value]), ["Value", true]);
  } finally {
    await pool.terminate();
  }
});

leavesNothingBehind(() => mp.activeChildren().map(String));
