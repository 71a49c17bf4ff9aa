import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Condition } from "../../src/sync/condition.ts";
import { Lock } from "../../src/sync/lock.ts";
import { RLock } from "../../src/sync/rlock.ts";
import { settled } from "../server/fixtures/clients.ts";
import { type Unit, World } from "../server/fixtures/loopback.ts";

const DEADLOCK = { timeout: 10_000 };

/** A condition "c" over the lock "l", in a pretended unit. */
function condition(unit: Unit, kind: "Lock" | "RLock" = "RLock"): Condition {
  const lock = unit.handle<Lock | RLock>(kind, "l", null);
  return unit.condition("c", lock);
}

/** Waits until so many wait. */
async function waiting(of: Condition, count: number): Promise<void> {
  while ((await of.statistics()).waiting !== count);
}

for (const kind of ["Lock", "RLock"] as const) {
  test(`Condition over a ${kind}: notify() wakes exactly one, notifyAll() the rest [test_notify, test_notify_all]`, DEADLOCK, async () => {
    const world = new World();
    const units = Array.from({ length: 4 }, () => condition(world.unit(), kind));
    let woken = 0;
    const all = units.slice(1).map((c) =>
      c.run(async () => {
        assert.equal(await c.wait(), true);
        woken++;
      })
    );
    const main = units[0]!;
    await waiting(main, 3);
    await main.run(async () => {
      await main.notify();
      assert.equal(woken, 0, "it goes on when the lock is free");
    });
    await Promise.race(all);
    assert.equal(woken, 1);
    await main.run(() => main.notifyAll());
    await Promise.all(all);
    assert.deepEqual({ ...await main.statistics() }, { waiting: 0, notified: 3 });
    assert.equal(await main.locked(), false);
  });

  test(`Condition over a ${kind}: wait() and notify() without the lock are Errors [ConditionTests]`, DEADLOCK, async () => {
    const world = new World();
    const [mine, other] = [condition(world.unit(), kind), condition(world.unit(), kind)];
    for (const state of ["free", "held by another unit"]) {
      if (state !== "free") await other.acquire();
      await assert.rejects(mine.wait(), { name: "Error", message: /^Cannot wait for Condition c: its lock is not owned\n/ });
      await assert.rejects(mine.notify(), { name: "Error", message: /^Cannot notify Condition c: its lock is not owned\n/ });
      await assert.rejects(mine.notifyAll(), Error);
    }
    assert.equal((await mine.statistics()).waiting, 0);
  });

  test(`Condition over a ${kind}: a wait that ends early has the lock again [test_timeout, test_wait_result]`, DEADLOCK, async () => {
    const mine = condition(new World().unit(), kind);
    await mine.acquire();
    assert.equal(await mine.wait({ timeout: 0 }), false);
    assert.equal(await mine.wait({ timeout: 3 }), false);
    const stop = new AbortController();
    const aborted = mine.wait({ signal: stop.signal });
    await waiting(mine, 1);
    stop.abort("enough");
    await assert.rejects(aborted, (reason) => reason === "enough");
    await assert.rejects(mine.wait({ signal: AbortSignal.abort("before") }), (reason) => reason === "before");
    assert.equal(await mine.locked(), true);
    await mine.release();
    assert.equal((await mine.statistics()).waiting, 0);
  });
}

test("Condition.wait() frees an RLock however often it is held, and takes it as often", DEADLOCK, async () => {
  const world = new World();
  const [mine, other] = [condition(world.unit()), condition(world.unit())];
  await mine.acquire();
  const result = mine.run(async () => {
    await mine.acquire();
    const woken = await mine.wait();
    await mine.release();
    return woken;
  });
  await waiting(other, 1);
  await other.run(() => other.notify());
  assert.equal(await result, true);
  await mine.release();
  await assert.rejects(mine.release(), /this scope does not hold it/);
});

test("Condition: its lock may live in another unit's server", DEADLOCK, async () => {
  const [world, elsewhere] = [new World(), new World()];
  const made = () => world.unit().condition("c", elsewhere.unit().handle<RLock>("RLock", "l", null));
  const [mine, other] = [made(), made()];
  for (let round = 0; round < 20; round++) {
    let ready = false;
    const result = mine.run(() => mine.waitFor(() => ready));
    await other.run(async () => {
      ready = true;
      await other.notify();
    });
    assert.equal(await result, true);
  }
});

test("Condition: a waiter that is killed uses no notification", DEADLOCK, async () => {
  const world = new World();
  const unit = world.unit();
  const [dead, alive, main] = [condition(unit), condition(world.unit()), condition(world.unit())];
  const lost = dead.run(() => dead.wait());
  await waiting(main, 1);
  const woken = alive.run(() => alive.wait());
  await waiting(main, 2);
  await main.acquire();
  await main.notify();
  assert.equal((await main.statistics()).waiting, 1, "the first is on its way to the lock");
  await unit.kill();
  await assert.rejects(lost);
  await main.release();
  assert.equal(await woken, true);
});

test("Condition: an abort in the moment of the notification passes it on or takes it, never both", DEADLOCK, async () => {
  for (let turns = 0; turns < 12; turns++) {
    const world = new World();
    const [quitter, next, main] = [condition(world.unit()), condition(world.unit()), condition(world.unit())];
    const stop = new AbortController();
    const first = quitter.run(() => quitter.wait({ signal: stop.signal })).then(() => true, () => false);
    await waiting(main, 1);
    const second = next.run(() => next.wait());
    await waiting(main, 2);
    const told = main.run(() => main.notify());
    for (let i = 0; i < turns * 4; i++) await null;
    stop.abort();
    await told;
    const used = await first;
    if (used) {
      assert.equal(await settled(second), false);
      await main.run(() => main.notify());
    }
    assert.equal(await second, true);
  }
});

test("Condition.waitFor() with an aborted signal rejects, whatever its timeout and predicate", DEADLOCK, async () => {
  const mine = condition(new World().unit());
  const reason = new Error("aborted");
  const signal = AbortSignal.abort(reason);
  for (const timeout of [undefined, 0, 5]) {
    for (const answer of [true, false]) {
      await assert.rejects(mine.run(() => mine.waitFor(() => answer, { timeout, signal })), (error) => error === reason);
    }
  }
  const late = new AbortController();
  const abort = () => late.abort(reason);
  await assert.rejects(mine.run(() => mine.waitFor(abort, { timeout: 0, signal: late.signal })), (error) => error === reason);
});

test("Condition.waitFor() returns what the predicate returned last [test_waitfor, test_waitfor_timeout]", DEADLOCK, async () => {
  const world = new World();
  const [mine, other] = [condition(world.unit()), condition(world.unit())];
  let state = 0;
  const four = mine.run(() => mine.waitFor(() => state === 4 && "four"));
  for (let i = 1; i <= 4; i++) {
    await waiting(other, 1);
    await other.run(async () => {
      state = i;
      await other.notify();
    });
  }
  assert.equal(await four, "four");
  assert.equal(await mine.run(() => mine.waitFor(() => 0, { timeout: 5 })), 0);
  assert.equal(await mine.waitFor(() => true), true, "nothing to wait for");
  await assert.rejects(mine.waitFor(5 as never), TypeError);
});

test("Condition checks its arguments, and shows its lock", async () => {
  assert.throws(() => new Condition({} as never), { name: "TypeError", message: /its lock must be a Lock or an RLock, received object/ });
  const mine = new Condition();
  assert.equal(inspect(mine), "<Condition <RLock owner=None count=0>>");
  assert.equal(inspect(new Condition(new Lock())), "<Condition <Lock owner=None>>");
  await assert.rejects(mine.notify("1" as never), TypeError);
  for (const n of [-1, 0.5, NaN]) await assert.rejects(mine.notify(n), RangeError);
  await assert.rejects(mine.wait({ timeout: NaN }), TypeError);
});
