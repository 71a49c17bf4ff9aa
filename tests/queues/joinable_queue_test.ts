import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { ClosedError, Empty, Full, ShutDown, TimeoutError } from "../../src/base/errors.ts";
import { JoinableQueue, LifoQueue, PriorityQueue } from "../../src/queues/joinable_queue.ts";
import { Queue } from "../../src/queues/queue.ts";
import { SimpleQueue } from "../../src/queues/simple_queue.ts";
import { settled } from "../server/fixtures/clients.ts";
import { type Unit, World } from "../server/fixtures/loopback.ts";

const DEADLOCK = { timeout: 10_000 };

function make<Q>(type: string, maxsize = 0, unit: Unit = new World().unit()): Q {
  return unit.handle<Q>(type, "q", { maxsize });
}

test("JoinableQueue.join() waits for as many taskDone() as put(), and works again [test_queue_join]", DEADLOCK, async () => {
  const queue = make<JoinableQueue<number>>("JoinableQueue");
  await queue.join();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 3; i++) await queue.put(i);
    const joined = queue.join();
    for (let i = 0; i < 3; i++) {
      await queue.get();
      assert.equal(await settled(joined), false);
      await queue.taskDone();
    }
    await joined;
  }
});

test("JoinableQueue.taskDone() too often is a RangeError [test_queue_task_done]", DEADLOCK, async () => {
  const queue = make<JoinableQueue<number>>("JoinableQueue");
  await assert.rejects(queue.taskDone(), { name: "RangeError", message: /^Cannot report a task of JoinableQueue q done: / });
  await queue.put(1);
  await queue.taskDone();
  await assert.rejects(queue.taskDone(), RangeError);
});

test("JoinableQueue.join() rejects when its time is over, or when it is aborted", DEADLOCK, async () => {
  const queue = make<JoinableQueue<number>>("JoinableQueue");
  await queue.put(1);
  await assert.rejects(queue.join({ timeout: 0 }), TimeoutError);
  await assert.rejects(queue.join({ timeout: 3 }), TimeoutError);
  const stop = new AbortController();
  const joined = queue.join({ signal: stop.signal });
  stop.abort("enough");
  await assert.rejects(joined, (reason) => reason === "enough");
  await assert.rejects(queue.join({ timeout: NaN }), TypeError);
});

test(
  "JoinableQueue: a put that was undone is not waited for; what an immediate shutdown drops is done [test_shutdown_join]",
  DEADLOCK,
  async () => {
    const queue = make<JoinableQueue<number>>("JoinableQueue", 2);
    for (let i = 0; i < 2; i++) await queue.put(i);
    await assert.rejects(queue.put(2, { timeout: 3 }), Full);
    await queue.get();
    const joined = queue.join();
    await queue.shutdown(true);
    assert.equal(await settled(joined), false, "one was got, and is not done");
    await queue.taskDone();
    await joined;
    await assert.rejects(queue.taskDone(), RangeError);
    await assert.rejects(queue.get(), ShutDown);
  },
);

test(
  "JoinableQueue.shutdown() refuses a put that waits, and join() waits until what was left is done [test_shutdown_put_join, test_shutdown_get_task_done_join]",
  DEADLOCK,
  async () => {
    const queue = make<JoinableQueue<number>>("JoinableQueue", 2);
    for (let i = 0; i < 2; i++) await queue.put(i);
    const refused = assert.rejects(queue.put(2), ShutDown);
    while ((await queue.statistics()).putters === 0);
    const joined = queue.join();
    await queue.shutdown();
    await refused;
    for (let i = 0; i < 2; i++) {
      assert.equal(await settled(joined), false);
      assert.equal(await queue.get(), i);
      await queue.taskDone();
    }
    await joined;
    await assert.rejects(queue.get(), ShutDown);
  },
);

test("JoinableQueue: an item on its way to a consumer that dies stays undone, and goes to the next", DEADLOCK, async () => {
  const world = new World();
  const unit = world.unit();
  const [theirs, mine] = [
    make<JoinableQueue<number>>("JoinableQueue", 0, unit),
    make<JoinableQueue<number>>("JoinableQueue", 0, world.unit()),
  ];
  const lost = assert.rejects(theirs.get());
  while ((await mine.statistics()).getters === 0);
  await unit.kill();
  await lost;
  await mine.put(1);
  assert.equal(await mine.get(), 1);
  await assert.rejects(mine.join({ timeout: 0 }), TimeoutError);
});

test("LifoQueue gives the newest item first, with a limit as Queue has [test_basic]", DEADLOCK, async () => {
  const queue = make<LifoQueue<number>>("LifoQueue", 3);
  for (const n of [111, 333, 222]) await queue.put(n);
  await assert.rejects(queue.putNowait(4), Full);
  assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], [222, 333, 111]);
  await assert.rejects(queue.getNowait(), Empty);
});

test("PriorityQueue gives the smallest item first, whatever came with it [test_basic]", DEADLOCK, async () => {
  const queue = make<PriorityQueue<unknown>>("PriorityQueue");
  for (const n of [333, 111n, 222]) await queue.put(n);
  assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], [111n, 222, 333]);
  for (const entry of [[2, { n: 1 }], [1, "b"], [1, "a"], [2, { n: 0 }]]) await queue.put(entry);
  const got = [await queue.get(), await queue.get(), await queue.get(), await queue.get()];
  assert.deepEqual(got, [[1, "a"], [1, "b"], [2, { n: 1 }], [2, { n: 0 }]]);
});

test("PriorityQueue.put() refuses what cannot be compared, by itself or with an item in the queue", DEADLOCK, async () => {
  const queue = make<PriorityQueue<unknown>>("PriorityQueue", 2);
  await assert.rejects(queue.put({ n: 1 }), {
    name: "TypeError",
    message: /^Cannot put into PriorityQueue q: an item must be .* received object/,
  });
  await assert.rejects(queue.put(NaN), TypeError);
  await queue.put(1);
  await assert.rejects(queue.put("1"), { name: "TypeError", message: /different kinds/ });
  await queue.put(2);
  const parked = queue.put("3");
  assert.equal(await queue.get(), 1);
  await assert.rejects(parked, TypeError);
  assert.equal(await queue.qsize(), 1);
  await queue.taskDone();
  await assert.rejects(queue.join({ timeout: 0 }), TimeoutError);
  await queue.taskDone();
  await queue.join();
});

test("JoinableQueue, LifoQueue and PriorityQueue are Queues, check maxsize, and show themselves", () => {
  for (const Class of [JoinableQueue, LifoQueue, PriorityQueue]) {
    const queue = new Class(2);
    assert.ok(queue instanceof Queue);
    assert.match(inspect(queue), new RegExp(`^<${Class.name} [0-9a-f]{8} maxsize=2>$`));
    assert.throws(() => new Class(1.5), RangeError);
  }
  assert.throws(() => new LifoQueue("3" as never), { message: "Cannot make a LifoQueue: maxsize must be an integer, received string" });
});

test(
  "SimpleQueue keeps the order, waits in get(), and refuses everything once closed [TestSimpleQueue, test_order]",
  DEADLOCK,
  async () => {
    const world = new World();
    const [here, there] = [
      make<SimpleQueue<number>>("SimpleQueue", 0, world.unit()),
      make<SimpleQueue<number>>("SimpleQueue", 0, world.unit()),
    ];
    assert.equal(await here.empty(), true);
    await assert.rejects(here.getNowait(), Empty);
    const waiting = there.get();
    for (let i = 0; i < 3; i++) await here.put(i);
    assert.deepEqual([await waiting, await there.get(), await here.qsize()], [0, 1, 1]);
    here.close();
    here.close();
    for (const call of [() => here.put(1), () => here.get(), () => here.empty(), () => here.qsize(), () => here.statistics()]) {
      await assert.rejects(call(), ClosedError);
    }
    await here[Symbol.asyncDispose]();
    assert.equal(await there.get(), 2);
    assert.equal(inspect(here), "<SimpleQueue q closed>");
    assert.match(inspect(new SimpleQueue()), /^<SimpleQueue [0-9a-f]{8}>$/);
    assert.equal((await there.statistics()).put, 3);
  },
);
