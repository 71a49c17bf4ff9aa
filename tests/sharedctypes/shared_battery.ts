/** What must hold for `Value` and `Array` whatever the start method. Rows: python-behaviour.md 2.12. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { copy, synchronized } from "@fenshen/multiprocessing/sharedctypes";
import {
  addInTask,
  changeRaw,
  couldLock,
  count,
  dieInside,
  double,
  holdForever,
  holdSync,
  makeBeside,
  makeValue,
  passOn,
  race,
  raceLocked,
  sumInPlace,
  tellRaw,
} from "./fixtures/units.ts";

const LIMIT = { timeout: 60_000 };

/** The classes that are tested. */
export type Kinds = Pick<mp.Context, "Value" | "Array" | "RawValue" | "RawArray">;

/** Runs the battery with children of a start method. @param kinds Default: the classes of its context. */
export function sharedBattery(method: mp.StartMethod, kinds?: Kinds): void {
  describe(`Value and Array (${method})`, () => battery(method, kinds));
}

function battery(method: mp.StartMethod, kinds?: Kinds): void {
  const ctx = { ...mp.getContext(method), ...kinds };
  const { RawValue, RawArray } = ctx;

  async function launch<A extends unknown[]>(target: (...args: A) => unknown, args: A): Promise<mp.BaseProcess> {
    const child = new ctx.Process({ target, args });
    await child.start();
    return child;
  }

  // Two workers are the children of all claims that harm none, instead of some for each.
  let shared: mp.Pool | null = null;
  const workers = () => shared ??= new ctx.Pool(2);
  const endWorkers = async () => {
    const ending = shared;
    shared = null;
    await ending?.close();
    await ending?.join();
  };
  /** Runs a function in both workers at the same time. */
  const inBoth = <A extends unknown[]>(target: (...args: A) => unknown, args: A) =>
    Promise.all([1, 2].map(() => workers().apply(target, args)));

  after(endWorkers);

  for (const where of ["shared memory", "the object server"]) {
    test(`increments from several units (${method}) in ${where} are exact [4.1 #4]`, LIMIT, async () => {
      const options = () => where === "shared memory" ? {} : { lock: new ctx.RLock() };
      const [start, total, locked, places] = [
        new ctx.Barrier(3),
        new ctx.Value("i", 0, options()),
        new ctx.Value("d", 0, options()),
        new ctx.Array("q", 100, options()),
      ];
      await Promise.all([inBoth(count, [start, total, locked, places, 100]), count(start, total, locked, places, 100)]);
      assert.equal(await total.get(), 300);
      assert.equal(await locked.get(), 300);
      assert.deepEqual(await places.toArray(), Array(100).fill(3n));
    });
  }

  test(`a million increments by two units (${method}) are exact, by Atomics, add() and compareAndSwap()`, LIMIT, async () => {
    const start = new ctx.Value("i");
    const cells = {
      atomics: new ctx.Value("q"),
      locked: new ctx.Value("i"),
      float: new RawValue("d"),
      small: new RawValue("f"),
      swapped: new ctx.Value("d", 0, { lock: false }),
    };
    await inBoth(race, [start, cells, 2, 500_000]);
    assert.deepEqual(
      [await cells.atomics.get(), await cells.locked.get(), await cells.float.get(), await cells.small.get(), await cells.swapped.get()],
      [1_000_000n, 10_000, 50_000, 100_000, 5000],
    );
  });

  test(`acquireSync() excludes units (${method}), and those who await the lock, and steps`, LIMIT, async () => {
    const [start, value] = [new ctx.Value("i"), new ctx.Value("i")];
    await inBoth(raceLocked, [start, value, 1000]);
    assert.equal(await value.get(), 2 * (1000 + 20 + 100));
    assert.equal(await value.getLock().locked(), false);
  });

  test(`who waits for a lock that a unit (${method}) has synchronously gets it when it is free`, LIMIT, async () => {
    const [value, held, free] = [new ctx.Value("i", 1), new ctx.Event(), new ctx.Event()];
    const holding = workers().apply(holdSync, [value, held, free]);
    await held.wait();
    assert.equal(value.getLock().acquireSync({ timeout: 5 }), false);
    const waiting = Promise.all([value.add(1), value.getLock().run(() => value.add(1))]);
    await assert.rejects(value.add(1, { timeout: 5 }), mp.TimeoutError);
    assert.equal(await value.getLock().acquire({ block: false }), false);
    const abort = new AbortController();
    const aborted = value.getLock().acquire({ signal: abort.signal });
    abort.abort(new Error("no longer"));
    await assert.rejects(aborted, /no longer/);
    await free.set();
    assert.deepEqual((await waiting).sort(), [51, 52]);
    await holding;
  });

  test(`a unit that has a lock in both ways has it until it has released both, in any order (${method})`, LIMIT, async () => {
    const lock = new ctx.Value("i").getLock() as mp.RLock;
    const isFree = () => workers().apply(couldLock, [lock]);
    await lock.acquire();
    lock.acquireSync();
    await lock.release();
    assert.equal(await isFree(), false);
    await lock.acquire();
    lock.releaseSync();
    assert.equal(await isFree(), false);
    await lock.release();
    assert.equal(await isFree(), true);
  });

  test(`a process that dies with a lock that it has synchronously frees it (${method})`, {
    ...LIMIT,
    skip: method === "thread" && "a thread's process lives on, and nobody can tell that the thread is gone",
  }, async () => {
    for (const atOnce of [false, true]) {
      const [values, held] = [[1, 2, 3].map((n) => new ctx.Value("i", n)), new ctx.Event()];
      const child = await launch(dieInside, [values, held]);
      await held.wait();
      child.kill();
      const [a, b, c] = values as [mp.Value<"i">, mp.Value<"i">, mp.Value<"i">];
      if (atOnce) assert.equal(a.getLock().acquireSync(), true);
      await child.join();
      if (atOnce) continue;
      assert.equal(await a.add(1), 2);
      assert.equal(await b.getLock().run(() => b.get()), 2);
      assert.equal(c.getLock().acquireSync({ timeout: 0 }), true);
    }
  });

  test(
    `RawValue and RawArray are seen by a child (${method}), copies are not [test_rawvalue, test_rawarray, test_copy]`,
    LIMIT,
    async () => {
      const [value, array] = [new RawValue("d", 1.5), new RawArray("i", [1, 2, 3])];
      const [ownValue, ownArray] = [await copy(value), await copy(array)];
      await workers().apply(changeRaw, [value, array]);
      assert.equal(await value.get(), 3);
      assert.deepEqual(await array.toArray(), [1, 20, 30]);
      assert.equal(await ownValue.get(), 1.5);
      assert.deepEqual(await ownArray.toArray(), [1, 2, 3]);
    },
  );

  test(`a RawValue is an instanceof it in another unit (${method}), and where it comes back`, LIMIT, async () => {
    const [isValue, isArray, neither] = [[true, false, true, false], [false, true, false, true], [false, false, false, false]];
    const given = [
      new RawValue("i"),
      new RawArray("d", 1),
      new ctx.Value("i", 0, { lock: false }),
      new ctx.Value("i"),
      new ctx.Array("i", 1),
    ];
    const [raw, back] = await workers().apply(tellRaw, given);
    assert.deepEqual(raw, [isValue, isArray, isValue, neither, neither]);
    assert.deepEqual(tellRaw(...back)[0], raw);
  });

  test(`synchronized() puts a lock before memory that has none (${method}) [test_synchronize]`, LIMIT, async () => {
    const raw = new RawArray("i", 3);
    const locked = synchronized(raw);
    await workers().apply(sumInPlace, [locked]);
    await locked.getLock().run(async () => await locked.fill(4));
    assert.deepEqual(await raw.toArray(), [4, 4, 4]);
    assert.throws(() => synchronized(locked), /it must have no lock, received one that is synchronized/);
    assert.throws(() => raw.getLock(), TypeError);
    const given = new ctx.RLock();
    const beside = synchronized(raw, given);
    assert.equal(await given.run(() => beside.add(0, 1)), 5);
    assert.equal(await beside.add(0, 1), 6);
  });

  test(`what a child (${method}) writes, its parent sees [test_value, test_array, test_synchronize]`, LIMIT, async () => {
    const [value, array, text] = [new ctx.Value("i", 21), new ctx.Array("d", [1, 2.5]), new ctx.Array("c", Uint8Array.of(1, 2))];
    assert.equal(await (await launch(double, [value, array, text])).join(), 0);
    assert.equal(await value.get(), 42);
    assert.deepEqual(await array.toArray(), [2, 5]);
    assert.deepEqual(await text.toArray(), Uint8Array.of(2, 2));
    const sums = new ctx.Array("i", [1, 2, 3, 4]);
    await workers().apply(sumInPlace, [sums]);
    assert.deepEqual(await sums.toArray(), [1, 3, 6, 10]);
  });

  test(`a Value goes through a Queue to a child (${method}) and back, with its lock`, LIMIT, async () => {
    const [to, from] = [new ctx.Queue<mp.Value<"i">>(), new ctx.Queue<[number, mp.Value<"i">, mp.RLock]>()];
    const value = new ctx.Value("i", 1);
    const passing = workers().apply(passOn, [to, from]);
    await to.put(value);
    const [seen, back, lock] = await from.get();
    assert.equal(seen, 2);
    assert.equal(await back.add(1), 3);
    assert.equal(back.getLock(), lock);
    await lock.acquire();
    assert.equal(await value.getLock().acquire({ block: false }), true);
    assert.equal((await lock.statistics()).count, 2);
    assert.equal(await value.get(), 3);
    await passing;
  });

  test(`a Value beside a lock of this unit outlives the child (${method}) that made it`, LIMIT, async () => {
    const [lock, to] = [new ctx.RLock(), new ctx.Queue<mp.Value<"i">>()];
    const child = await launch(makeBeside, [lock, to]);
    const value = await to.get();
    assert.equal(await child.join(), 0);
    assert.equal(await value.get(), 6);
    await lock.acquire();
    assert.equal(await value.getLock().locked(), true);
  });

  test(`a Value is an argument of Pool tasks (${method})`, LIMIT, async () => {
    const value = new ctx.Value("i");
    const seen = await workers().map(addInTask, Array.from({ length: 40 }, (): [mp.Value<"i">, number] => [value, 1]));
    assert.deepEqual(seen.sort((a, b) => a - b), Array.from({ length: 40 }, (_, i) => i + 1));
  });

  test(`the lock of a Value comes back from a killed unit (${method})`, LIMIT, async () => {
    const [value, held] = [new ctx.Value("i", 1), new ctx.Event()];
    const child = await launch(holdForever, [value, held]);
    await held.wait();
    await assert.rejects(value.add(1, { timeout: 0 }), mp.TimeoutError);
    const waiting = value.add(1);
    child.kill();
    assert.equal(await waiting, 101);
    await child.join();
  });

  test(`a Value in memory outlives the Pool worker (${method}) that made it, for those who have it`, LIMIT, async () => {
    const value = await workers().apply(makeValue, kinds === undefined ? [method] : []);
    assert.equal(await value.get(), 5);
    await endWorkers();
    assert.equal(await value.add(1), 6);
  });
}
