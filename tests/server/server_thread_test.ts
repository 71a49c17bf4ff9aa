import * as mp from "@fenshen/multiprocessing";
import assert from "node:assert/strict";
import { test } from "node:test";
import { produce, sendQueue, takeAndEnd, takeAndStay, waitForItem } from "./fixtures/units.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";

const DEADLOCK = { timeout: 60_000 };

for (const method of ["spawn", "thread"] as const) {
  const { Process } = mp.getContext(method);

  test(`${method}: a handle that was never used travels, and un-awaited puts of a child all arrive in order`, DEADLOCK, async () => {
    const queue = new mp.Queue<number>();
    const child = new Process({ target: produce, args: [queue, 0, 500] });
    await child.start();
    for (let i = 0; i < 500; i++) assert.equal(await queue.get(), i);
    assert.equal(await child.join(), 0);
  });

  test(`${method}: the lock of a unit that ended with it is freed`, DEADLOCK, async () => {
    const [lock, taken] = [new mp.Lock(), new mp.Event()];
    const child = new Process({ target: takeAndEnd, args: [lock, taken] });
    await child.start();
    await taken.wait();
    assert.equal(await lock.acquire(), true);
    assert.equal(lock.abandoned, true);
    await child.join();
  });

  test(`${method}: the lock of a unit that was killed is freed`, DEADLOCK, async () => {
    const [lock, taken] = [new mp.Lock(), new mp.Event()];
    const child = new Process({ target: takeAndStay, args: [lock, taken] });
    await child.start();
    await taken.wait();
    const waiting = lock.acquire();
    child.kill();
    assert.equal(await waiting, true);
    assert.equal(lock.abandoned, true);
    await child.join();
  });

  test(`${method}: a consumer that is killed while it waits takes no item with it`, DEADLOCK, async () => {
    const [queue, begun] = [new mp.Queue<number>(), new mp.Event()];
    const child = new Process({ target: waitForItem, args: [queue, begun] });
    await child.start();
    await begun.wait();
    while ((await queue.statistics()).getters === 0);
    child.kill();
    await child.join();
    while ((await queue.statistics()).getters > 0);
    await queue.put(1);
    assert.equal(await queue.get(), 1);
  });

  test(`${method}: a queue of a child works elsewhere while the child lives, then rejects`, DEADLOCK, async () => {
    const [through, end] = [new mp.Queue<mp.Queue<string>>(), new mp.Event()];
    const child = new Process({ target: sendQueue, args: [through, end] });
    await child.start();
    const theirs = await through.get();
    assert.equal(await theirs.get(), "from the child");
    const waiting = theirs.get();
    await theirs.qsize();
    await end.set();
    await assert.rejects(waiting, { name: "EOFError", message: /the unit that made it has ended/ });
    await assert.rejects(theirs.put("late"), mp.BrokenPipeError);
    await child.join();
  });
}

leavesNothingBehind();
