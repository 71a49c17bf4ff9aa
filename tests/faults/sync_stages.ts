/** Faults of units that hold a lock, or wait for one. */
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import * as units from "./fixtures/holders.ts";
import { type Fault, type Stage } from "./support/battery.ts";

async function withLock(fault: Fault): Promise<void> {
  const lock = new mp.Lock();
  const child = await fault.start(units.withLock, lock);
  await fault.arrived();
  const line = [lock.acquire(), lock.acquire()];
  await fault.strike(child);
  assert.equal(await line[0], true);
  assert.equal(lock.abandoned, true);
  await lock.release();
  assert.equal(await line[1], true);
  assert.equal(lock.abandoned, false);
}

async function inRun(fault: Fault): Promise<void> {
  const lock = new mp.Lock();
  await fault.strike(await fault.start(units.inRun, lock));
  assert.equal(await lock.acquire(), true);
  assert.equal(lock.abandoned, fault.way !== "SystemExit", "a SystemExit that leaves run() has released the lock");
}

async function withMany(fault: Fault): Promise<void> {
  const [lock, semaphore, condition] = [new mp.RLock(), new mp.BoundedSemaphore(2), new mp.Condition()];
  const woken = condition.run(() => condition.wait());
  await units.untilWaiting(condition, 1);
  const child = await fault.start(units.withMany, lock, semaphore, condition);
  await fault.arrived();
  const line = [semaphore.acquire(), semaphore.acquire()];
  await fault.strike(child);
  assert.equal(await lock.acquire(), true);
  assert.equal(lock.abandoned, true);
  await lock.release();
  await assert.rejects(lock.release());
  assert.deepEqual(await Promise.all(line), [true, true]);
  assert.equal(await semaphore.acquire({ timeout: 0 }), false);
  await semaphore.release();
  await semaphore.release();
  await assert.rejects(semaphore.release(), RangeError);
  await condition.run(() => condition.notify());
  assert.equal(await woken, true);
}

async function inLines(fault: Fault): Promise<void> {
  const [lines, event] = [[new mp.Lock(), new mp.RLock(), new mp.Semaphore()], new mp.Event()];
  for (const lock of lines) await lock.acquire();
  await fault.strike(await fault.start(units.inLines, lines, event));
  for (const lock of lines) {
    await units.untilWaiting(lock, 0);
    await lock.release();
    assert.equal(await lock.acquire(), true);
    if (!(lock instanceof mp.Semaphore)) assert.equal(lock.abandoned, false);
  }
  await units.untilWaiting(event, 0);
  const waiting = event.wait();
  await event.set();
  assert.equal(await waiting, true);
}

async function inConditionWait(fault: Fault): Promise<void> {
  const condition = new mp.Condition();
  const child = await fault.start(units.inConditionWait, condition);
  await units.untilWaiting(condition, 1);
  const woken = condition.run(() => condition.wait());
  await fault.strike(child);
  await units.untilWaiting(condition, 1);
  await condition.run(() => condition.notify());
  assert.equal(await woken, true);
}

async function inLineAfterNotify(fault: Fault): Promise<void> {
  const lock = new mp.Lock();
  const [condition, notified] = [new mp.Condition(lock), new mp.Event()];
  const child = await fault.start(units.inLineAfterNotify, condition, lock, notified);
  await units.untilWaiting(condition, 1);
  const next = condition.run(() => condition.wait());
  await units.untilWaiting(condition, 2);
  await lock.acquire();
  await condition.notify(1);
  await notified.set();
  await fault.strike(child);
  await lock.release();
  assert.equal(await next, true);
}

async function inBarrierWait(fault: Fault): Promise<void> {
  const barrier = new mp.Barrier(3);
  const child = await fault.start(units.inBarrierWait, barrier);
  await fault.arrived();
  const waiting = barrier.wait();
  const broke = assert.rejects(waiting, mp.BrokenBarrierError);
  await fault.strike(child);
  await broke;
  await assert.rejects(barrier.wait(), mp.BrokenBarrierError);
  await barrier.reset();
  assert.equal(await barrier.broken(), false);
}

async function inAction(fault: Fault): Promise<void> {
  const barrier = new mp.Barrier(2, units.act);
  const waiting = barrier.wait();
  const broke = assert.rejects(waiting, mp.BrokenBarrierError);
  await units.untilWaiting(barrier, 1);
  await fault.strike(await fault.start(units.inAction, barrier));
  await broke;
}

async function inTask(fault: Fault): Promise<void> {
  const lock = new mp.Lock();
  const pool = fault.pool(1);
  const doomed = pool.applyAsync(units.withLock, [fault.doom, lock]);
  await fault.arrived();
  const waiting = lock.acquire();
  await fault.strikeWorker();
  await fault.expectLost(doomed);
  assert.equal(await waiting, true);
  assert.equal(lock.abandoned, true);
}

export const sync: readonly Stage[] = [
  { name: "with a Lock: the first in line gets it, and can tell [4.3 #10]", thorough: ["spawn", "thread"], run: withLock },
  { name: "inside of Lock.run()", also: ["SystemExit"], run: inRun },
  {
    name: "with an RLock that it took twice, permits of a Semaphore and the lock of a Condition: all are free, permits come back once",
    // A unit that ends in order takes its permits along: they may stand for what it has done.
    not: ["SystemExit"],
    run: withMany,
  },
  { name: "in the lines of a Lock, an RLock and a Semaphore, and in Event.wait()", run: inLines },
  { name: "in Condition.wait(): it takes no notification along", run: inConditionWait },
  { name: "in Condition.wait(), notified, before it has the lock: the next is notified", run: inLineAfterNotify },
  { name: "in Barrier.wait(): the barrier breaks", run: inBarrierWait },
  { name: "in the action of a Barrier: the barrier breaks", run: inAction },
  { name: "in a Pool task, with a Lock: that comes back", run: inTask },
];
