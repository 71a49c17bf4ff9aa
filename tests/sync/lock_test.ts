import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { TimeoutError } from "../../src/base/errors.ts";
import { Lock } from "../../src/sync/lock.ts";
import { World } from "../server/fixtures/loopback.ts";

const make = () => new World().unit().lock("l");

test("Lock.acquire() is true once, and false without waiting or after the timeout [test_timeout, LockTests]", async () => {
  const lock = make();
  assert.equal(await lock.acquire(), true);
  assert.equal(await lock.locked(), true);
  assert.equal(await lock.acquire({ block: false }), false);
  assert.equal(await lock.acquire({ block: false, timeout: 60_000 }), false);
  await assert.rejects(lock.acquire({ blocking: false } as never), {
    message: "Cannot wait: the options are block, timeout, signal, received blocking",
  });
  assert.equal(await lock.acquire({ timeout: 0 }), false);
  assert.equal(await lock.acquire({ timeout: -5 }), false);
  assert.equal(await lock.acquire({ timeout: 3 }), false);
  await lock.release();
  assert.equal(await lock.locked(), false);
});

test("Lock.acquire() gives the lock to waiters in order [BaseLockTests]", async () => {
  const lock = make();
  await lock.acquire();
  const order: number[] = [];
  const waiting = [1, 2, 3].map((n) => lock.acquire().then(() => order.push(n)));
  for (let i = 0; i < 3; i++) {
    await lock.release();
    await waiting[i];
  }
  assert.deepEqual(order, [1, 2, 3]);
});

test("Lock.release() of a free lock is a RangeError; any unit may release [LockTests]", async () => {
  const world = new World();
  const [here, there] = [world.unit().lock("l"), world.unit().lock("l")];
  await assert.rejects(here.release(), { name: "RangeError", message: "Cannot release Lock l: nobody holds it" });
  await here.acquire();
  await there.release();
  await assert.rejects(here.release(), RangeError);
});

test("Lock.run() excludes, returns what the function returns, and releases when it throws [test_lock_context, BaseLockTests]", async () => {
  const lock = make();
  let inside = 0;
  const work = async (n: number) => {
    assert.equal(++inside, 1);
    await lock.locked();
    inside--;
    return n * 2;
  };
  assert.deepEqual(await Promise.all([1, 2, 3].map((n) => lock.run(() => work(n)))), [2, 4, 6]);
  await assert.rejects(
    lock.run(() => {
      throw new EvalError("inside");
    }),
    EvalError,
  );
  assert.equal(await lock.locked(), false);
  await assert.rejects(lock.run(5 as never), TypeError);
});

test("Lock.hold() holds until the guard is disposed, once", async () => {
  const lock = make();
  const guard = await lock.hold();
  await assert.rejects(lock.hold({ timeout: 0 }), TimeoutError);
  await guard[Symbol.asyncDispose]();
  await lock.acquire();
  await guard[Symbol.asyncDispose]();
  assert.equal(await lock.locked(), true);
});

test("Lock: bad options are TypeErrors", async () => {
  const lock = make();
  await assert.rejects(lock.acquire({ timeout: NaN }), TypeError);
  await assert.rejects(lock.acquire(false as never), TypeError);
});

test("Lock.acquireSync() and releaseSync() say that this lock is not in shared memory", () => {
  const lock = new Lock();
  assert.throws(() => lock.acquireSync(), { name: "TypeError", message: /await lock\.acquire\(\)/ });
  assert.throws(() => lock.releaseSync(), { name: "TypeError", message: /await lock\.release\(\)/ });
});

test("Lock shows its owner, and statistics() is a frozen snapshot", async () => {
  const world = new World();
  const [here, there] = [world.unit().lock("l"), world.unit().lock("l")];
  assert.equal(inspect(new Lock()), "<Lock owner=None>");
  await here.acquire();
  assert.equal(inspect(here), "<Lock owner=MainProcess>");
  assert.equal(await there.acquire({ block: false }), false);
  assert.equal(inspect(there), "<Lock owner=SomeOtherProcess>");
  assert.equal(await here.acquire({ block: false }), false);
  assert.equal(inspect(here), "<Lock owner=MainProcess>");
  const statistics = await there.statistics();
  assert.ok(Object.isFrozen(statistics));
  assert.deepEqual({ ...statistics }, { locked: true, owner: "MainProcess", waiting: 0, acquired: 1, abandoned: 0 });
  await here.release();
  assert.equal(inspect(here), "<Lock owner=None>");
});
