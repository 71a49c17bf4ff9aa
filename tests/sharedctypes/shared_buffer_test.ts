/** Where the cells of thread contexts and of `/dummy` live, also where memory can be mapped: in memory that only threads share. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import * as dummy from "@fenshen/multiprocessing/dummy";
import { copy, synchronized } from "@fenshen/multiprocessing/sharedctypes";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { holdSync, makeValue } from "./fixtures/units.ts";

const LIMIT = { timeout: 60_000 };

function isShared({ view }: mp.Value | mp.Array): boolean {
  return view.buffer instanceof SharedArrayBuffer;
}

function oneOfEach({ Value, Array: SharedArray, RawValue, RawArray }: Pick<mp.Context, "Value" | "Array" | "RawValue" | "RawArray">) {
  return [new Value("i"), new Value("q", 1n, { lock: false }), new SharedArray("d", 3), new RawValue("c"), new RawArray("u", "text")];
}

test("cells of thread contexts and of /dummy are a SharedArrayBuffer each, those of the main module and of other contexts are not", () => {
  for (const face of [mp.getContext("thread"), dummy, dummy.getContext()]) {
    assert.deepEqual(oneOfEach(face).map(isShared), Array(5).fill(true));
  }
  for (const face of [mp, mp.getContext("spawn"), mp.getContext("forkserver")]) {
    assert.deepEqual(oneOfEach(face).map(isShared), Array(5).fill(false));
  }
});

test("cells of threads, and those beside their lock, are the same SharedArrayBuffer in what comes back", async () => {
  const value = new dummy.Value("i", 1);
  const beside = new mp.Value("d", 2, { lock: value.getLock() });
  assert.ok(isShared(value) && isShared(beside));
  const queue = new mp.Queue<mp.Value<"i">>();
  await queue.put(value);
  const back = await queue.get();
  assert.equal(back.view.buffer, value.view.buffer);
  back.getLock().acquireSync();
  assert.equal(value.getLock().acquireSync({ timeout: 0 }), true);
  value.getLock().releaseSync();
  back.getLock().releaseSync();
  assert.equal(await beside.add(1), 3);
});

test("cells beside a lock of the main module's Value, or of an object server, live where that lock lives", () => {
  assert.equal(isShared(new dummy.Value("i", 0, { lock: new mp.Value("i").getLock() })), false);
  for (const lock of [new dummy.RLock(), new dummy.Lock()]) {
    assert.throws(() => new dummy.Value("i", 0, { lock }).view, /it lives in an object server, beside the lock it was given/);
  }
});

test("a copy, and a handle with another lock, live where their origin lives", async () => {
  const [value, array] = [new dummy.Value("i", 5), new dummy.Array("d", [1, 2])];
  for (const original of [value, new dummy.RawValue("i", 5)]) {
    const copied = await copy(original);
    assert.ok(isShared(copied) && copied instanceof mp.RawValue);
    assert.equal(await copied.add(1), 6);
    assert.equal(await original.get(), 5);
  }
  const row = await copy(array);
  assert.ok(isShared(row) && row instanceof mp.RawArray);
  assert.notEqual(row.view.buffer, array.view.buffer);
  assert.deepEqual(await row.toArray(), [1, 2]);
  assert.equal(isShared(await copy(new mp.Value("i"))) || isShared(await copy(new mp.RawArray("i", 1))), false);
  assert.deepEqual(await (await copy(new dummy.Array("i", [7], { lock: new dummy.Lock() }))).toArray(), [7]);
  const raw = new dummy.RawArray("i", 2);
  const locked = synchronized(raw);
  assert.equal(locked.view.buffer, raw.view.buffer);
  assert.ok(isShared(new mp.Value("i", 0, { lock: locked.getLock() })));
});

test("a copy that a thread makes of what it was sent lives there too", LIMIT, async () => {
  const pool = new dummy.Pool(1);
  const copied = await pool.apply(copy as (shared: mp.Value<"i">) => Promise<mp.RawValue<"i">>, [new dummy.Value("i", 5)]);
  assert.ok(isShared(copied) && copied instanceof mp.RawValue);
  assert.ok(isShared(await pool.apply(makeValue, ["thread"])));
  await pool.terminate();
});

test("the main module's Value is memory of the whole program, made after setStartMethod('thread') too", () => {
  mp.setStartMethod("thread");
  try {
    assert.deepEqual([new mp.Value("i"), new (mp.getContext().Value)("i")].map(isShared), [false, false]);
  } finally {
    mp.setStartMethod("spawn", { force: true });
  }
});

test("cells of threads cannot be sent to a process, which is told what can", LIMIT, async () => {
  const told = {
    name: "SerializationError",
    message:
      /shared memory travels only between threads of one process, received a SharedArrayBuffer\nShare a Value or an Array of mp.getContext\("spawn"\)/,
  };
  const { Process, Pool, Event, Queue } = mp.getContext("spawn");
  const pool = new Pool(1);
  for (const shared of [...oneOfEach(mp.getContext("thread")), ...oneOfEach(dummy)]) {
    const child = new Process({ target: holdSync, args: [shared as mp.Value<"i">, new Event(), new Event()] });
    await assert.rejects(child.start(), told);
    await assert.rejects(pool.apply(makeValue, [shared as never]), told);
  }
  assert.ok(await pool.apply(makeValue) instanceof mp.Value);
  await pool.terminate();
  const queue = new Queue<mp.RawValue<"i">>();
  const value = new dummy.RawValue("i", 4);
  await queue.put(value);
  assert.equal((await queue.get()).view.buffer, value.view.buffer);
});

leavesNothingBehind(() => mp.activeChildren().map(String));
