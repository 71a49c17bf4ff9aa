import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { after } from "../../src/base/deadline.ts";
import { ClosedError, Empty, EOFError, Full, SerializationError, ShutDown } from "../../src/base/errors.ts";
import { allPendingSettled } from "../../src/base/pending.ts";
import { Pipe } from "../../src/connection/pipe.ts";
import { Queue } from "../../src/queues/queue.ts";
import { settled } from "../server/fixtures/clients.ts";
import { World } from "../server/fixtures/loopback.ts";
import { registerHandle } from "../../src/wire/handles.ts";
import { Picky } from "./fixtures/picky.ts";

const make = <T = number>(maxsize = 0) => new World().unit().queue<T>("q", maxsize);

test("Queue.maxsize must be an integer; 0 or less means no limit", async () => {
  assert.throws(() => new Queue("3" as never), TypeError);
  assert.throws(() => new Queue(1.5), RangeError);
  assert.throws(() => new Queue(NaN), RangeError);
  assert.match(inspect(new Queue(-1)), /^<Queue [0-9a-f]{8} maxsize=0>$/);
});

test("Queue: six items fill a queue of six; then put rejects with Full at once, or after the timeout [test_put, test_nowait]", async () => {
  const queue = make(6);
  assert.deepEqual([await queue.empty(), await queue.full()], [true, false]);
  for (let i = 0; i < 6; i++) await queue.put(i);
  assert.deepEqual([await queue.empty(), await queue.full(), await queue.qsize()], [false, true, 6]);
  await assert.rejects(queue.putNowait(6), Full);
  await assert.rejects(queue.put(6, { timeout: 0 }), Full);
  await assert.rejects(queue.put(6, { timeout: -1 }), Full);
  await assert.rejects(queue.put(6, { block: false }), Full);
  await assert.rejects(queue.put(6, { block: false, timeout: 60_000 }), Full);
  await assert.rejects(queue.put(6, { timeout: 3 }), Full);
  for (let i = 0; i < 6; i++) assert.equal(await queue.get(), i);
  assert.deepEqual([await queue.empty(), await queue.full()], [true, false]);
});

test("Queue.get() rejects with Empty at once, or after the timeout [test_get, test_timeout, test_nowait]", async () => {
  const queue = make();
  await assert.rejects(queue.getNowait(), Empty);
  await assert.rejects(queue.get({ timeout: 0 }), Empty);
  await assert.rejects(queue.get({ block: false }), Empty);
  await assert.rejects(queue.get({ block: false, timeout: 60_000 }), Empty);
  await assert.rejects(queue.get({ timeout: 3 }), Empty);
});

test("Queue checks its options before anything happens", async () => {
  const queue = make();
  for (const options of [{ timeout: NaN }, { timeout: "1" }, { signal: {} }, 5]) {
    await assert.rejects(queue.put(1, options as never), TypeError);
    await assert.rejects(queue.get(options as never), TypeError);
  }
  assert.equal(await queue.qsize(), 0);
});

test("Queue.put() rejects a value that cannot travel and takes no place for it [test_queue_feeder_donot_stop_onexc]", async () => {
  const queue = make<unknown>(1);
  await assert.rejects(queue.put(Symbol("no")), SerializationError);
  await queue.putNowait("fits");
  assert.equal(await queue.get(), "fits");
});

test("Queue: a value is what it was when put() was called [2.4 object mutated after put]", async () => {
  const queue = make<{ n: number }>();
  const item = { n: 1 };
  const put = queue.put(item);
  item.n = 2;
  await put;
  assert.deepEqual(await queue.get(), { n: 1 });
});

test("Queue.get() rejects with the error of a value that cannot be decoded; the item is gone, the next one is not", async () => {
  const queue = make<unknown>();
  await queue.put(new Picky(1));
  await queue.put("next");
  await assert.rejects(queue.get(), { name: "SerializationError", message: /not 1/ });
  assert.equal(await queue.get(), "next");
});

test("Queue.close() ends this handle only, and may be called twice [test_closed_queue_put_get_exceptions]", async () => {
  const unit = new World().unit();
  const [queue, other] = [unit.queue("q"), unit.queue("q")];
  await queue.put(1);
  queue.close();
  queue.close();
  await assert.rejects(queue.put(2), ClosedError);
  await assert.rejects(queue.get(), ClosedError);
  assert.equal(await queue.qsize(), 1);
  assert.equal(await other.get(), 1);
});

test("Queue.joinThread() wants a closed handle and waits for its puts [2.4 after close]", async () => {
  const unit = new World().unit();
  const [queue, other] = [unit.queue("q", 1), unit.queue("q", 1)];
  await assert.rejects(queue.joinThread(), /close\(\)/);
  const puts = [queue.put(1), queue.put(2)];
  queue.close();
  const joined = queue.joinThread();
  await puts[0];
  assert.equal(await settled(joined), false);
  assert.equal(await other.get(), 1);
  await joined;
  await puts[1];
  await queue.joinThread();
});

test("Queue: the end of a unit waits for puts, unless cancelJoinThread() was called [2.4 exit]", async () => {
  const unit = new World().unit();
  const queue = unit.queue("q", 1);
  await queue.put(1);
  const waiting = queue.put(2);
  const ended = allPendingSettled();
  assert.equal(await settled(ended), false);
  await queue.get();
  await waiting;
  await ended;
  const abandoned = queue.put(3);
  queue.cancelJoinThread();
  await allPendingSettled();
  assert.equal(await settled(abandoned), false);
  assert.equal(await queue.get(), 2);
  await abandoned;
});

test("Queue.shutdown() ends iteration after the last item, and puts at once [test_shutdown_nonempty]", async () => {
  const queue = make();
  for (let i = 0; i < 3; i++) await queue.put(i);
  await queue.shutdown();
  const items: number[] = [];
  for await (const item of queue) items.push(item);
  assert.deepEqual(items, [0, 1, 2]);
  await assert.rejects(queue.put(4), ShutDown);
  await assert.rejects(queue.get(), ShutDown);
  await assert.rejects(queue.getNowait(), ShutDown);
});

test("Queue.shutdown() wakes an iteration and a put that wait [test_shutdown_get, test_shutdown_put, test_shutdown_pending_get]", async () => {
  const unit = new World().unit();
  const empty = unit.queue("empty");
  const next = empty[Symbol.asyncIterator]().next();
  const full = unit.queue("full", 1);
  await full.put(1);
  const put = full.put(2);
  assert.equal((await full.statistics()).putters, 1);
  await Promise.all([empty.shutdown(), full.shutdown(true)]);
  assert.equal((await next).done, true);
  await assert.rejects(put, ShutDown);
  await assert.rejects(full.get(), ShutDown);
});

test("Queue: disposal closes the handle and flushes it", async () => {
  const unit = new World().unit();
  const queue = unit.queue("q");
  void queue.put(1);
  await queue[Symbol.asyncDispose]();
  await assert.rejects(queue.put(2), ClosedError);
  assert.equal(await unit.queue("q").getNowait(), 1);
});

test("Queue.statistics() is a frozen snapshot", async () => {
  const queue = make(3);
  await queue.put(1);
  await queue.put(2);
  await queue.get();
  const statistics = await queue.statistics();
  assert.ok(Object.isFrozen(statistics));
  assert.deepEqual({ ...statistics }, { size: 1, maxsize: 3, handedOut: 0, getters: 0, putters: 0, put: 2, got: 1, shutDown: false });
});

test("Queue.put(): the timeout counts from the call, also while the item is encoded", async () => {
  class Slow {}
  let finish = () => {};
  const encoded = new Promise<void>((resolve) => (finish = resolve));
  registerHandle({ type: "Slow", class: Slow, reduce: (_slow, wait) => wait(encoded), revive: () => null });
  const queue = make<unknown>(1);
  await queue.put("the only place");
  const timeout = 50;
  const put = queue.put(new Slow(), { timeout });
  await new Promise<void>((resolve) => void after(timeout, resolve));
  finish();
  // In a later turn the call has left; one that waits for a place would be counted.
  await new Promise<void>((resolve) => void after(0, resolve));
  assert.equal((await queue.statistics()).putters, 0);
  await assert.rejects(put, Full);
});

test("Queue: a closed handle says so when it is inspected", () => {
  const queue = make(2);
  queue.close();
  assert.equal(inspect(queue), "<Queue q maxsize=2 closed>");
});

test("Queue: the end of a pipe in an item that was refused stays here: closing it ends the pipe", async () => {
  const refusals: [string, typeof Full | typeof SerializationError, (queue: Queue<unknown>, end: unknown) => Promise<void>][] = [
    ["no place", Full, (queue, end) => queue.putNowait(end)],
    ["cannot travel", SerializationError, (queue, end) => queue.put([end, Symbol("not registered")])],
    ["found out later", SerializationError, (queue, end) => queue.put([end, () => refusals])],
  ];
  for (const [why, error, refused] of refusals) {
    const queue = make<unknown>(1);
    await queue.put("the only place");
    const [left, right] = Pipe();
    await assert.rejects(refused(queue, right), error, why);
    right.close();
    await assert.rejects(left.recv(), EOFError, why);
  }
});
