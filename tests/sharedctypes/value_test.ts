/** `Value` in one unit. Rows: python-behaviour.md 1.13, 2.12. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";

test("Value keeps what fits each typecode [_TestValue.test_value]", async () => {
  const samples: [mp.Typecode, unknown, unknown][] = [
    ["b", -128, 127],
    ["B", 0, 255],
    ["h", -(2 ** 15), 2 ** 15 - 1],
    ["H", 0, 2 ** 16 - 1],
    ["i", -(2 ** 31), 2 ** 31 - 1],
    ["I", 0, 2 ** 32 - 1],
    ["l", -(2n ** 63n), 2n ** 63n - 1n],
    ["L", 0n, 2n ** 64n - 1n],
    ["q", -(2n ** 63n), 2n ** 63n - 1n],
    ["Q", 0n, 2n ** 64n - 1n],
    ["f", -1.5, Math.fround(0.1)],
    ["d", 0.1, Infinity],
    ["c", Uint8Array.of(0), Uint8Array.of(255)],
    ["u", "ß", "😀"],
  ];
  for (const [typecode, first, second] of samples) {
    const value = new mp.Value(typecode, first as never);
    assert.deepEqual(await value.get(), first, typecode);
    await value.set(second as never);
    assert.deepEqual(await value.get(), second, typecode);
  }
});

test("Value begins with 0", async () => {
  assert.equal(await new mp.Value("i").get(), 0);
  assert.equal(await new mp.Value("q").get(), 0n);
  assert.equal(await new mp.Value("d").get(), 0);
  assert.deepEqual(await new mp.Value("c").get(), Uint8Array.of(0));
  assert.equal(await new mp.Value("u").get(), "\0");
});

test("Value wraps an integer around, as C does [1.13]", async () => {
  const wrapped = async <C extends mp.Typecode>(typecode: C, value: mp.Assignable<C>) => await new mp.Value(typecode, value).get();
  assert.equal(await wrapped("i", 2 ** 31), -(2 ** 31));
  assert.equal(await wrapped("B", 300), 44);
  assert.equal(await wrapped("b", -129), 127);
  assert.equal(await wrapped("Q", -1), 2n ** 64n - 1n);
  assert.equal(await wrapped("q", 2n ** 63n), -(2n ** 63n));
  assert.equal(await wrapped("i", 2n ** 64n + 5n), 5);
  assert.equal(await wrapped("H", 2 ** 53), 0);
  assert.equal(await wrapped("q", 2 ** 53), 2n ** 53n);
  const value = new mp.Value("B", 250);
  assert.equal(await value.add(10), 4);
  assert.equal(await value.add(-5), 255);
});

test("Value takes a boolean as 0 or 1", async () => {
  assert.equal(await new mp.Value("b", true).get(), 1);
  assert.equal(await new mp.Value("Q", true).get(), 1n);
  assert.equal(await new mp.Value("d", false).get(), 0);
});

test("Value refuses what its type cannot hold, at the call that gave it", async () => {
  const make = (typecode: mp.Typecode, value: unknown) => () => new mp.Value(typecode, value as never);
  assert.throws(make("i", 1.5), { name: "TypeError", message: "Cannot make a Value, element 0: it must be an integer, received 1.5" });
  for (const bad of [NaN, Infinity, "1", {}, Symbol("s")]) assert.throws(make("i", bad), TypeError);
  for (const bad of ["x", 1n, {}]) assert.throws(make("d", bad), TypeError);
  assert.throws(make("c", new Uint8Array(2)), TypeError);
  assert.throws(make("c", "a"), TypeError);
  assert.throws(make("c", 256), RangeError);
  assert.throws(make("u", 7), TypeError);
  assert.throws(make("u", "ab"), RangeError);
  const value = new mp.Value("i", 7);
  await assert.rejects(value.set(0.5), {
    name: "TypeError",
    message: /^Cannot set Value [0-9a-f]{8}: it must be an integer, received 0\.5$/,
  });
  await assert.rejects(value.add(0.5), TypeError);
  await assert.rejects(new mp.Value("u", "a").add(1 as never), { name: "TypeError", message: /its typecode u is no number$/ });
  assert.equal(await value.get(), 7);
});

test("Value: an unknown typecode and a bad lock are TypeErrors [test_getobj_getlock]", () => {
  assert.throws(() => new mp.Value("z" as never), {
    name: "TypeError",
    message: 'Cannot make a Value: its typecode must be one of c u b B h H i I l L q Q f d, received "z"',
  });
  assert.throws(() => new mp.Value(5 as never), TypeError);
  assert.throws(() => new mp.Value("i", 0, { lock: "x" as never }), {
    name: "TypeError",
    message: "Cannot make a Value: lock must be a Lock, an RLock or a boolean, received string",
  });
  assert.throws(() => new mp.Value("i", 0, 5 as never), TypeError);
});

test("Value.getLock() is its own RLock or the one it was given; with lock: false there is none [test_getobj_getlock]", async () => {
  for (const lock of [undefined, null, true]) assert.ok(new mp.Value("i", 0, { lock }).getLock() instanceof mp.RLock);
  for (const lock of [new mp.Lock(), new mp.RLock()]) {
    const value = new mp.Value("i", 5, { lock });
    assert.equal(value.getLock(), lock);
    assert.equal(await value.get(), 5);
  }
  const bare = new mp.Value("i", 5, { lock: false });
  assert.throws(() => bare.getLock(), {
    name: "TypeError",
    message: /^Cannot get the lock of Value [0-9a-f]{8}: it was made with lock: false$/,
  });
  assert.equal(await bare.add(1), 6);
});

test("Value.view is the memory; beside a given lock it is in the object server, and refused", async () => {
  const value = new mp.Value("i", 5);
  assert.ok(value.view instanceof Int32Array);
  value.view[0] = 7;
  assert.equal(await value.add(1), 8);
  assert.equal(Atomics.load(value.view, 0), 8);
  for (const lock of [new mp.Lock(), new mp.RLock()]) {
    assert.throws(() => new mp.Value("i", 0, { lock }).view, {
      name: "TypeError",
      message: /^Cannot view Value [0-9a-f]{8}: it lives in an object server/,
    });
  }
});

test("Value.compareAndSwap() replaces what is expected, and nothing else", async () => {
  for (const lock of [true, false, new mp.RLock()]) {
    const value = new mp.Value("i", 5, { lock });
    assert.equal(await value.compareAndSwap(4, 9), false);
    assert.equal(await value.compareAndSwap(5, 2 ** 31), true);
    assert.equal(await value.get(), -(2 ** 31));
    const float = new mp.Value("d", NaN, { lock });
    assert.deepEqual([await float.compareAndSwap(NaN, -0), await float.compareAndSwap(0, 1), await float.compareAndSwap(-0, 0.1)], [
      true,
      false,
      true,
    ]);
    assert.equal(await float.get(), 0.1);
    const small = new mp.Value("f", 0.1, { lock });
    assert.equal(await small.compareAndSwap(0.1, 1), true);
    const wide = new mp.Value("Q", -1, { lock });
    assert.equal(await wide.compareAndSwap(2n ** 64n - 1n, 3n), true);
    assert.equal(await wide.add(1), 4n);
    const letter = new mp.Value("u", "a", { lock });
    assert.equal(await letter.compareAndSwap("a", "🎉"), true);
    assert.equal(await letter.get(), "🎉");
    await assert.rejects(value.compareAndSwap(0.5, 1), TypeError);
  }
});

test("Value: a lock that was acquired synchronously excludes steps and holders, and counts", async () => {
  const value = new mp.Value("i", 1);
  const lock = value.getLock();
  assert.equal(lock.acquireSync(), true);
  assert.equal(lock.acquireSync({ timeout: 0 }), true);
  assert.equal(await value.add(1), 2);
  assert.equal(await lock.locked(), true);
  lock.releaseSync();
  lock.releaseSync();
  assert.throws(() => lock.releaseSync(), /^Error: Cannot release RLock [0-9a-f]{8} synchronously: this scope does not hold it$/);
  await lock.run(() => {
    assert.equal(lock.acquireSync(), true);
    lock.releaseSync();
  });
  assert.equal(await lock.locked(), false);
});

test("Value: a thread that would block itself for ever is told so by acquireSync()", async () => {
  const lock = new mp.Value("i").getLock();
  const [opened, close] = [new mp.Event(), new mp.Event()];
  const holding = lock.run(async () => {
    await opened.set();
    await close.wait();
  });
  await opened.wait();
  assert.throws(() => lock.acquireSync(), /another scope of this unit holds it/);
  assert.equal(lock.acquireSync({ block: false }), false);
  await close.set();
  await holding;
  assert.throws(() => lock.acquireSync({ timeout: "1" as never }), TypeError);
  assert.throws(() => new mp.RLock().acquireSync(), /does not live in shared memory/);
});

test("Value: a Condition over its lock frees it, and has it again", async () => {
  const value = new mp.Value("i");
  const [condition, again, close] = [new mp.Condition(value.getLock()), new mp.Event(), new mp.Event()];
  const waiting = condition.run(async () => {
    await value.set(1);
    assert.equal(await condition.wait({ timeout: 10_000 }), true);
    assert.equal(await value.get(), 5);
    await again.set();
    await close.wait();
    return await value.add(1, { timeout: 0 });
  });
  const other = value.getLock().run(async () => {
    await value.set(5);
    await condition.notify();
  });
  await other;
  await again.wait();
  await assert.rejects(value.add(10, { timeout: 0 }), mp.TimeoutError);
  const late = value.add(10);
  await close.set();
  assert.deepEqual([await waiting, await late], [6, 16]);
  assert.equal(await value.getLock().locked(), false);
});

test("Value: a Condition frees its lock also where it is held synchronously too, and has it so again", async () => {
  const lock = new mp.Value("i").getLock() as mp.RLock;
  const condition = new mp.Condition(lock);
  const waiting = condition.run(async () => {
    lock.acquireSync();
    const notified = await condition.wait();
    lock.releaseSync();
    return notified;
  });
  await condition.run(() => condition.notify());
  assert.equal(await waiting, true);
  assert.equal(await lock.locked(), false);
});

test("Value: steps that nobody awaits are done in the order of the calls, also when the lock becomes free between two of them", async () => {
  const value = new mp.Value("i");
  // Held by a scope that is not around the steps.
  const guard = await new mp.RLock().run(() => value.getLock().hold());
  const steps = [value.set(1), guard[Symbol.asyncDispose](), value.set(2), value.add(1)];
  assert.equal(await value.get(), 3);
  await Promise.all(steps);
  assert.equal(await value.get(), 3);
});

test("Value.add() is one step: none of many is lost, and the answers are all different", async () => {
  const value = new mp.Value("q");
  const answers = await Promise.all(Array.from({ length: 500 }, () => value.add(2)));
  assert.equal(new Set(answers).size, 500);
  assert.equal(await value.get(), 1000n);
  const float = new mp.Value("f", 1);
  assert.equal(await float.add(0.1), Math.fround(1 + 0.1));
});

test("Value: under its lock several steps are one, also for another task of the unit", async () => {
  const value = new mp.Value("i");
  const addOne = () => value.getLock().run(async () => await value.set(await value.get() + 1));
  await Promise.all([addOne(), addOne(), value.add(10), addOne()]);
  assert.equal(await value.get(), 13);
});

test("Value: a step waits for the lock, and without time rejects and has not happened", async () => {
  const value = new mp.Value("i", 1);
  await value.getLock().run(async () => assert.equal(await value.add(1, { timeout: 0 }), 2));
  const opened = new mp.Event();
  const close = new mp.Event();
  const holding = value.getLock().run(async () => {
    await opened.set();
    await close.wait();
  });
  await opened.wait();
  await assert.rejects(value.set(9, { timeout: 0 }), { name: "TimeoutError", message: /its lock was not free in time$/ });
  await assert.rejects(value.add(9, { timeout: 5 }), mp.TimeoutError);
  const stop = new AbortController();
  const aborted = value.get({ signal: stop.signal });
  stop.abort("enough");
  await assert.rejects(aborted, (reason) => reason === "enough");
  const waiting = value.add(5);
  await close.set();
  await holding;
  assert.equal(await waiting, 7);
  await assert.rejects(value.get({ timeout: NaN }), TypeError);
});

test("Value: with a plain Lock, the unit that has it passes", async () => {
  const lock = new mp.Lock();
  const value = new mp.Value("i", 1, { lock });
  await lock.run(async () => await value.set(await value.get() + 1));
  assert.equal(await value.get(), 2);
});

test("Value shows typecode and what it last knew", async () => {
  const value = new mp.Value("b", 300);
  assert.equal(inspect(value), "<Value b 44>");
  await value.add(1);
  assert.equal(inspect(value), "<Value b 45>");
  assert.equal(inspect(new mp.Value("q", 5n)), "<Value q 5>");
  assert.equal(value.typecode, "b");
  assert.deepEqual({ ...await value.statistics() }, { reads: 0, writes: 1 });
});

leavesNothingBehind();
