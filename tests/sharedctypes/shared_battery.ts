/** What must hold for `Value` and `Array` whatever the start method. Rows: python-behaviour.md 2.12. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { addInTask, count, double, holdForever, makeBeside, passOn, sumInPlace } from "./fixtures/units.ts";

const LIMIT = { timeout: 60_000 };

/** Runs the battery with children of a start method. */
export function sharedBattery(method: mp.StartMethod): void {
  const ctx = mp.getContext(method);

  async function launch<A extends unknown[]>(target: (...args: A) => unknown, args: A): Promise<mp.BaseProcess> {
    const child = new ctx.Process({ target, args });
    await child.start();
    return child;
  }

  test(`increments from several units (${method}) are exact [4.1 #4]`, LIMIT, async () => {
    const [total, locked, places] = [new ctx.Value("i"), new ctx.Value("d"), new ctx.Array("q", 300)];
    const children = await Promise.all([1, 2, 3].map(() => launch(count, [total, locked, places, 300])));
    await count(total, locked, places, 300);
    assert.deepEqual(await Promise.all(children.map((child) => child.join())), [0, 0, 0]);
    assert.equal(await total.get(), 1200);
    assert.equal(await locked.get(), 1200);
    assert.deepEqual(await places.toArray(), Array(300).fill(4n));
  });

  test(`what a child (${method}) writes, its parent sees [test_value, test_array, test_synchronize]`, LIMIT, async () => {
    const [value, array, text] = [new ctx.Value("i", 21), new ctx.Array("d", [1, 2.5]), new ctx.Array("c", Uint8Array.of(1, 2))];
    assert.equal(await (await launch(double, [value, array, text])).join(), 0);
    assert.equal(await value.get(), 42);
    assert.deepEqual(await array.toArray(), [2, 5]);
    assert.deepEqual(await text.toArray(), Uint8Array.of(2, 2));
    const sums = new ctx.Array("i", [1, 2, 3, 4]);
    assert.equal(await (await launch(sumInPlace, [sums])).join(), 0);
    assert.deepEqual(await sums.toArray(), [1, 3, 6, 10]);
  });

  test(`a Value goes through a Queue to a child (${method}) and back, with its lock`, LIMIT, async () => {
    const [to, from] = [new ctx.Queue<mp.Value<"i">>(), new ctx.Queue<[number, mp.Value<"i">, mp.RLock]>()];
    const value = new ctx.Value("i", 1);
    const child = await launch(passOn, [to, from]);
    await to.put(value);
    const [seen, back, lock] = await from.get();
    assert.equal(seen, 2);
    assert.equal(await back.add(1), 3);
    assert.equal(back.getLock(), lock);
    await lock.acquire();
    assert.equal(await value.getLock().acquire({ block: false }), true);
    assert.equal((await lock.statistics()).count, 2);
    assert.equal(await value.get(), 3);
    assert.equal(await child.join(), 0);
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
    const pool = new ctx.Pool(2);
    const seen = await pool.map(addInTask, Array.from({ length: 40 }, (): [mp.Value<"i">, number] => [value, 1]));
    assert.deepEqual(seen.sort((a, b) => a - b), Array.from({ length: 40 }, (_, i) => i + 1));
    await pool.terminate();
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
}
