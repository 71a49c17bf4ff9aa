import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { TimeoutError } from "../../src/base/errors.ts";
import { runAsTask } from "../../src/sync/owner.ts";
import { RLock } from "../../src/sync/rlock.ts";
import { settled } from "../server/fixtures/clients.ts";
import { World } from "../server/fixtures/loopback.ts";

const DEADLOCK = { timeout: 10_000 };
const make = (world = new World()) => world.unit().handle<RLock>("RLock", "l", null);

test("RLock: three acquires, three releases, the fourth release is an Error [test_rlock]", async () => {
  const world = new World();
  const [here, there] = [make(world), make(world)];
  for (let i = 0; i < 3; i++) assert.equal(await here.acquire(), true);
  assert.equal(await there.acquire({ timeout: 0 }), false);
  await assert.rejects(there.release(), { name: "Error", message: "Cannot release RLock l: this scope does not hold it" });
  for (let i = 0; i < 3; i++) await here.release();
  await assert.rejects(here.release(), Error);
  assert.equal(await there.acquire({ block: false }), true);
});

test("RLock.run() may be entered again by what the function awaits", DEADLOCK, async () => {
  const lock = make();
  const inner = async () => {
    await Promise.resolve();
    await lock.acquire();
    await lock.release();
    return await lock.run(() => 1);
  };
  assert.equal(await lock.run(() => lock.run(inner)), 1);
  assert.equal(await lock.locked(), false);
});

test("RLock.run() side by side excludes: at the top, inside a run, and inside a bare acquire", DEADLOCK, async () => {
  const lock = make();
  let inside = 0;
  const work = async () => {
    assert.equal(++inside, 1);
    await lock.run(() => lock.locked());
    inside--;
  };
  const both = () => Promise.all([lock.run(work), lock.run(work), lock.run(work)]);
  await both();
  await lock.run(both);
  await lock.acquire();
  await both();
  await lock.release();
  assert.equal(await lock.locked(), false);
});

test("RLock: inside a run of another lock it is still the same owner", DEADLOCK, async () => {
  const world = new World();
  const unit = world.unit();
  const [one, two] = [unit.handle<RLock>("RLock", "1", null), unit.handle<RLock>("RLock", "2", null)];
  assert.equal(await one.run(() => two.run(() => one.run(() => "in"))), "in");
});

test("RLock.release() from another scope is refused, from inside and from outside [RLockTests]", DEADLOCK, async () => {
  const lock = make();
  await lock.acquire();
  await lock.run(async () => {
    await lock.release();
    await assert.rejects(lock.release(), /this scope does not hold it/);
  }).catch((error) => assert.match(String(error), /this scope does not hold it/));
  await lock.release();
  assert.equal(await lock.locked(), false);
});

test("RLock: Pool tasks of one unit are owners of their own", DEADLOCK, async () => {
  const lock = make();
  await runAsTask(async () => {
    await lock.acquire();
    await lock.acquire();
  });
  assert.equal(await runAsTask(() => lock.acquire({ timeout: 0 })), false);
  await assert.rejects(runAsTask(() => lock.release()), Error);
});

test("RLock.run() releases when the function throws, and takes only a function", async () => {
  const lock = make();
  await assert.rejects(lock.run(() => Promise.reject(new EvalError("inside"))), EvalError);
  await assert.rejects(lock.run(5 as never), {
    name: "TypeError",
    message: "Cannot run under RLock l: it takes a function, received number",
  });
  assert.equal(await lock.locked(), false);
});

test("RLock.hold() counts until the guard is disposed, once, wherever that happens", DEADLOCK, async () => {
  const world = new World();
  const [here, there] = [make(world), make(world)];
  await here.acquire();
  const guard = await here.hold();
  await assert.rejects(there.hold({ timeout: 3 }), TimeoutError);
  await runAsTask(() => guard[Symbol.asyncDispose]());
  await guard[Symbol.asyncDispose]();
  assert.equal((await there.statistics()).count, 1);
});

test("RLock of a killed unit is freed for the one who waits, who can tell", DEADLOCK, async () => {
  const world = new World();
  const unit = world.unit();
  const [theirs, other] = [unit.handle<RLock>("RLock", "l", null), make(world)];
  await theirs.acquire();
  await theirs.acquire();
  const waiting = other.acquire();
  assert.equal(await settled(waiting), false);
  await unit.kill();
  assert.equal(await waiting, true);
  assert.equal(other.abandoned, true);
  await other.acquire();
  assert.equal(other.abandoned, false);
});

test("RLock shows its owner and count, and statistics() is a frozen snapshot", async () => {
  const world = new World();
  const [here, there] = [make(world), make(world)];
  assert.equal(inspect(new RLock()), "<RLock owner=None count=0>");
  await here.acquire();
  await here.acquire();
  assert.equal(inspect(here), "<RLock owner=MainProcess count=2>");
  await there.acquire({ block: false });
  assert.equal(inspect(there), "<RLock owner=SomeOtherProcess count=0>");
  await here.release();
  await here.release();
  assert.equal(inspect(here), "<RLock owner=None count=0>");
  const statistics = await there.statistics();
  assert.ok(Object.isFrozen(statistics));
  assert.deepEqual({ ...statistics }, { locked: false, owner: null, count: 0, waiting: 0, acquired: 2, abandoned: 0 });
  assert.throws(() => here.acquireSync(), { name: "TypeError", message: /await lock\.acquire\(\)/ });
  assert.throws(() => here.releaseSync(), { name: "TypeError", message: /await lock\.release\(\)/ });
});
