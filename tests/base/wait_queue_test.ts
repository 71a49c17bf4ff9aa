import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitCancelled, WaitQueue } from "../../src/base/wait_queue.ts";

test("WaitQueue wakes in the order of parking", async () => {
  const line = new WaitQueue<number>();
  const waiters = [line.park(undefined), line.park(undefined), line.park(undefined)];
  for (let i = 0; i < 3; i++) line.wakeNext(i);
  assert.deepEqual(await Promise.all(waiters.map((w) => w.promise)), [0, 1, 2]);
  assert.equal(line.length, 0);
});

test("WaitQueue.wakeNext() says when nobody took the value", () => {
  assert.equal(new WaitQueue<number>().wakeNext(1), null);
});

test("a cancelled waiter leaves the line and swallows no wake-up", async () => {
  const line = new WaitQueue<string>();
  const [first, second, third] = [line.park(undefined), line.park(undefined), line.park(undefined)];
  assert.equal(second.cancel(), true);
  await assert.rejects(second.promise, WaitCancelled);
  line.wakeNext("a");
  line.wakeNext("b");
  assert.deepEqual([await first.promise, await third.promise], ["a", "b"]);
});

test("wake() and cancel() of one waiter never both succeed", async () => {
  const line = new WaitQueue<string>();
  const woken = line.park(undefined);
  assert.equal(woken.wake("x"), true);
  assert.equal(woken.cancel(), false);
  assert.equal(woken.wake("y"), false);
  assert.equal(await woken.promise, "x");
  const cancelled = line.park(undefined);
  assert.equal(cancelled.cancel("why"), true);
  assert.equal(cancelled.wake("x"), false);
  await assert.rejects(cancelled.promise, (reason) => reason === "why");
});

test("an addressed wake-up reaches its waiter wherever it stands", async () => {
  const line = new WaitQueue<number, string>();
  line.park("first");
  const second = line.park("second");
  second.wake(2);
  assert.equal(await second.promise, 2);
  assert.equal(line.first?.tag, "first");
  assert.equal(line.length, 1);
});

test("wakeAll() wakes those who wait now, not those who park because of it", () => {
  const line = new WaitQueue<number>();
  line.park(undefined);
  line.park(undefined);
  assert.equal(line.wakeAll(1), 2);
  line.park(undefined);
  assert.equal(line.length, 1);
});

test("100,000 waiters leave from the front, the middle and the back in linear time", () => {
  const line = new WaitQueue<number>();
  const waiters = Array.from({ length: 100_000 }, () => line.park(undefined));
  for (const waiter of waiters) waiter.promise.catch(() => {});
  for (let i = 1; i < waiters.length; i += 2) waiters[i]!.cancel();
  for (let i = 0; i < 25_000; i++) line.wakeNext(i);
  for (let i = waiters.length - 2; i >= 50_000; i -= 2) waiters[i]!.cancel();
  assert.equal(line.length, 0);
  assert.equal(line.first, null);
});
