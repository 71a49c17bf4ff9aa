/** The shared objects through the implicit server, with children of both kinds. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { LifoQueue, PriorityQueue } from "@fenshen/multiprocessing/queue";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { add, arrive, fill, fillPlaces, meet, note, takeAll, takeInTask, waitOnce, work } from "./fixtures/units.ts";

/** Starts so many children with the same target. */
async function launch<A extends unknown[]>(
  ctx: mp.Context,
  count: number,
  target: (...args: A) => unknown,
  args: A,
): Promise<mp.BaseProcess[]> {
  const children = Array.from({ length: count }, () => new ctx.Process({ target, args }));
  await Promise.all(children.map((child) => child.start()));
  return children;
}

const joined = (children: mp.BaseProcess[]) => Promise.all(children.map((child) => child.join()));

for (const method of ["spawn", "thread"] as const) {
  describe(method, () => {
    const ctx = mp.getContext(method);
    // Two workers are the units of all claims that kill none of them.
    let shared: mp.Pool | null = null;
    after(() => shared?.terminate());
    const workers = () => shared ??= new ctx.Pool(2);
    const inBoth = <A extends unknown[]>(target: (...args: A) => unknown, args: A) =>
      Promise.all([1, 2].map(() => workers().apply(target, args)));
    const claim = (text: string, run: () => Promise<void>) => test(text, { timeout: 60_000 }, run);

    claim("an RLock excludes between units, and within one counts", async () => {
      const [lock, cell] = [new ctx.RLock(), new ctx.Queue<number>()];
      await cell.put(0);
      await Promise.all([inBoth(add, [lock, cell, 20]), add(lock, cell, 20)]);
      assert.equal(await cell.get(), 60);
    });

    claim("what a killed unit held comes back: permits, and every hold of a lock", async () => {
      const [semaphore, lock, taken] = [new ctx.BoundedSemaphore(1), new ctx.RLock(), new ctx.Event()];
      const children = await launch(ctx, 1, takeAll, [semaphore, lock, taken]);
      await taken.wait();
      const waiting = [semaphore.acquire(), lock.acquire()];
      children[0]!.kill();
      assert.deepEqual(await Promise.all(waiting), [true, true]);
      assert.equal(lock.abandoned, true);
      await joined(children);
      await semaphore.release();
      await assert.rejects(semaphore.release(), RangeError);
    });

    claim("the permits of a unit that has done its work stay taken; those of one that an error ended come back", async () => {
      const [places, filled] = [new ctx.BoundedSemaphore(2), new ctx.Semaphore(0)];
      for (const dies of [false, true]) {
        const [child] = await launch(ctx, 1, fillPlaces, [places, filled, 2, dies]);
        assert.equal(await child!.join(), dies ? 1 : 0);
        // The death of a unit reaches its parent and the server of its permits on two ways.
        while (dies && await places.getValue() < 2);
        assert.equal(await places.getValue(), dies ? 2 : 0);
        for (let i = 0; i < 2; i++) {
          assert.equal(await filled.acquire({ block: false }), true);
          if (!dies) await places.release();
        }
        assert.equal(await filled.acquire({ block: false }), false);
        await assert.rejects(places.release(), RangeError);
      }
    });

    claim("a Condition wakes as many units as it notifies, and none of the dead", async () => {
      const [condition, here, through] = [new ctx.Condition(), new ctx.SimpleQueue<null>(), new ctx.SimpleQueue<boolean>()];
      const waiting = inBoth(waitOnce, [condition, here, through]);
      const children = await launch(ctx, 1, waitOnce, [condition, here, through]);
      for (let i = 0; i < 3; i++) await here.get();
      // Each has the lock until it waits.
      await condition.run(async () => assert.equal((await condition.statistics()).waiting, 3));
      children[0]!.kill();
      await children[0]!.join();
      while ((await condition.statistics()).waiting > 2);
      for (let i = 0; i < 2; i++) {
        await condition.run(() => condition.notify());
        assert.equal(await through.get(), true);
      }
      await waiting;
    });

    claim("a Barrier travels with its action, which runs once each time", async () => {
      const [numbers, notes] = [new ctx.SimpleQueue<number>(), new ctx.SimpleQueue<string>()];
      const barrier = new ctx.Barrier(3, note);
      await Promise.all([inBoth(meet, [barrier, numbers, notes, 3]), meet(barrier, numbers, notes, 3)]);
      const all: number[] = [];
      for (let i = 0; i < 9; i++) all.push(await numbers.get());
      assert.deepEqual(all.sort(), [0, 0, 0, 1, 1, 1, 2, 2, 2]);
      assert.equal(await notes.qsize(), 3);
    });

    claim("a Barrier breaks when a unit that waits at it is killed", async () => {
      const [barrier, coming] = [new ctx.Barrier(3), new ctx.Event()];
      const children = await launch(ctx, 1, arrive, [barrier, coming]);
      await coming.wait();
      while (await barrier.nWaiting() < 1);
      const waiting = barrier.wait();
      children[0]!.kill();
      await assert.rejects(waiting, mp.BrokenBarrierError);
      await joined(children);
    });

    claim("JoinableQueue.join() waits for the workers [test_task_done]", async () => {
      const [jobs, done] = [new ctx.JoinableQueue<number>(), new ctx.SimpleQueue<number>()];
      const working = inBoth(work, [jobs, done]);
      for (let i = 0; i < 10; i++) await jobs.put(i);
      await jobs.join();
      assert.equal(await done.qsize(), 10);
      await jobs.shutdown();
      await working;
    });

    claim("a LifoQueue and a PriorityQueue keep their order wherever they are filled", async () => {
      const [lifo, smallest] = [new LifoQueue<number>(), new PriorityQueue<[number, { n: number }]>()];
      await workers().apply(fill, [lifo, smallest]);
      assert.deepEqual([await lifo.get(), await lifo.get(), await lifo.get()], [1, 3, 2]);
      assert.deepEqual(await smallest.get(), [1, { n: 1 }]);
    });

    claim("each Pool task is an owner of its own, also in the same worker", async () => {
      const lock = new ctx.RLock();
      const pool = new ctx.Pool(1);
      assert.deepEqual(await pool.map(takeInTask, [lock, lock], { chunksize: 2 }), [true, false]);
      await pool.terminate();
      assert.equal(await lock.acquire(), true);
    });
  });
}

leavesNothingBehind(() => mp.activeChildren().map(String));
