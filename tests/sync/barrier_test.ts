import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { BrokenBarrierError } from "../../src/base/errors.ts";
import { Barrier } from "../../src/sync/barrier.ts";
import { type Unit, World } from "../server/fixtures/loopback.ts";

const DEADLOCK = { timeout: 10_000 };

interface Options {
  parties?: number;
  action?: () => unknown;
  timeout?: number;
}

const barrier = (unit: Unit, { parties = 3, action, timeout }: Options = {}) => unit.barrier("b", parties, action ?? null, timeout ?? null);

function parties(options: Options = {}): { world: World; units: Unit[]; all: Barrier[] } {
  const world = new World();
  const units = Array.from({ length: options.parties ?? 3 }, () => world.unit());
  return { world, units, all: units.map((unit) => barrier(unit, options)) };
}

const outcome = (waiting: Promise<number>) => waiting.then(String, (error) => error.name ?? error);

test("Barrier.wait() keeps parties in step, ten times, and numbers them [test_barrier_10, test_wait_return]", DEADLOCK, async () => {
  const { all } = parties();
  const steps = [0, 0, 0];
  await Promise.all(all.map(async (b, i) => {
    for (let step = 0; step < 10; step++) {
      steps[i] = step;
      await b.wait();
      assert.ok(steps.every((other) => other >= step), "nobody leaves before all have arrived");
      await b.wait();
    }
  }));
  assert.deepEqual((await Promise.all(all.map((b) => b.wait()))).sort(), [0, 1, 2]);
  assert.equal(await all[0]!.nWaiting(), 0);
  assert.equal(await all[0]!.broken(), false);
});

test("Barrier: the action runs once, before anybody leaves [test_action]", DEADLOCK, async () => {
  let runs = 0;
  const action = async () => {
    await Promise.resolve();
    runs++;
  };
  const { all } = parties({ action });
  for (let round = 1; round <= 2; round++) {
    const numbers = await Promise.all(all.map(async (b) => {
      const number = await b.wait();
      assert.equal(runs, round);
      return number;
    }));
    assert.deepEqual(numbers.sort(), [0, 1, 2]);
  }
});

test(
  "Barrier: what the action throws goes to the one who ran it, and breaks the barrier for the others [2.10 action raises]",
  DEADLOCK,
  async () => {
    const { all } = parties({ action: () => Promise.reject(new EvalError("action")) });
    const outcomes = await Promise.all(all.map((b) => outcome(b.wait())));
    assert.deepEqual(outcomes.sort(), ["BrokenBarrierError", "BrokenBarrierError", "EvalError"]);
    assert.equal(await all[0]!.broken(), true);
  },
);

test("Barrier.abort() gives all others a BrokenBarrierError, until reset() [test_abort, test_abort_and_reset]", DEADLOCK, async () => {
  const { all } = parties();
  const waiting = all.slice(1).map((b) => outcome(b.wait()));
  while (await all[0]!.nWaiting() < 2);
  await all[0]!.abort();
  assert.deepEqual(await Promise.all(waiting), ["BrokenBarrierError", "BrokenBarrierError"]);
  await assert.rejects(all[0]!.wait(), { name: "BrokenBarrierError", message: "Cannot wait at Barrier b: it is broken" });
  await all[0]!.reset();
  assert.equal((await Promise.all(all.map((b) => b.wait()))).length, 3);
});

test("Barrier.reset() gives those who wait a BrokenBarrierError, and it works again at once [test_reset]", DEADLOCK, async () => {
  const { all } = parties();
  const waiting = all.slice(1).map((b) => outcome(b.wait()));
  while (await all[0]!.nWaiting() < 2);
  await all[0]!.reset();
  assert.deepEqual(await Promise.all(waiting), ["BrokenBarrierError", "BrokenBarrierError"]);
  assert.equal(await all[0]!.broken(), false);
  assert.equal((await Promise.all(all.map((b) => b.wait()))).length, 3);
});

test("Barrier: five parties pass a thousand times, in step [test_thousand]", { timeout: 60_000 }, async () => {
  const { all } = parties({ parties: 5 });
  const passed = all.map(() => 0);
  await Promise.all(all.map(async (b, i) => {
    for (let round = 1; round <= 1000; round++) {
      await b.wait();
      passed[i] = round;
      assert.ok(passed.every((other) => Math.abs(other - round) <= 1), `in round ${round}: ${passed}`);
    }
  }));
});

test("Barrier: a timeout, its own or that of one wait, breaks it for all [test_timeout, test_default_timeout]", DEADLOCK, async () => {
  for (const own of [undefined, 5]) {
    const { all } = parties(own === undefined ? {} : { timeout: own });
    const options = own === undefined ? { timeout: 5 } : undefined;
    const waiting = [outcome(all[0]!.wait({ timeout: null })), outcome(all[1]!.wait(options))];
    assert.deepEqual(await Promise.all(waiting), ["BrokenBarrierError", "BrokenBarrierError"]);
    await assert.rejects(all[2]!.wait(), BrokenBarrierError);
  }
  const { all } = parties();
  await assert.rejects(all[0]!.wait({ timeout: 0 }), BrokenBarrierError);
});

test("Barrier: an abort rejects with the reason, and breaks it for the others", DEADLOCK, async () => {
  const { all } = parties();
  const stop = new AbortController();
  const [aborted, other] = [all[0]!.wait({ signal: stop.signal }), outcome(all[1]!.wait())];
  while (await all[2]!.nWaiting() < 2);
  stop.abort("enough");
  await assert.rejects(aborted, (reason) => reason === "enough");
  assert.equal(await other, "BrokenBarrierError");
});

test("Barrier: an abort in the moment of the last arrival lets all leave, or none", DEADLOCK, async () => {
  for (let turns = 0; turns < 12; turns++) {
    const { all } = parties();
    const stop = new AbortController();
    const waiting = [outcome(all[0]!.wait({ signal: stop.signal })), outcome(all[1]!.wait())];
    while (await all[2]!.nWaiting() < 2);
    const last = outcome(all[2]!.wait());
    for (let i = 0; i < turns * 3; i++) await null;
    stop.abort();
    const outcomes = await Promise.all([...waiting, last]);
    const left = outcomes.filter((text) => /^\d$/.test(text));
    assert.ok(left.length === 0 || left.length === 3, outcomes.join());
  }
});

test("Barrier: the death of a party that waits, or that runs the action, breaks it", DEADLOCK, async () => {
  const { units, all } = parties();
  const lost = assert.rejects(all[0]!.wait());
  const other = outcome(all[1]!.wait());
  while (await all[2]!.nWaiting() < 2);
  await units[0]!.kill();
  assert.equal(await other, "BrokenBarrierError");
  await lost;
  let setActing = () => {};
  const acting = new Promise<void>((resolve) => (setActing = resolve));
  const second = parties({
    parties: 2,
    action: () => {
      setActing();
      return new Promise(() => {});
    },
  });
  const first = outcome(second.all[0]!.wait());
  while (await second.all[0]!.nWaiting() < 1);
  second.all[1]!.wait().catch(() => {});
  await acting;
  await second.units[1]!.kill();
  assert.equal(await first, "BrokenBarrierError");
});

test("Barrier: one party never waits [test_single_thread]", DEADLOCK, async () => {
  assert.equal(await barrier(new World().unit(), { parties: 1 }).wait(), 0);
  assert.equal(await barrier(new World().unit(), { parties: 1, action: () => {} }).wait({ timeout: 0 }), 0);
});

test("Barrier checks its arguments, shows itself, and gives a frozen snapshot [test_constructor, test_repr]", DEADLOCK, async () => {
  for (const bad of [0, -1, 1.5, NaN]) assert.throws(() => new Barrier(bad), RangeError);
  assert.throws(() => new Barrier("2" as never), TypeError);
  assert.throws(() => new Barrier(2, 5 as never), TypeError);
  assert.throws(() => new Barrier(2, null, NaN), TypeError);
  assert.equal(inspect(new Barrier(2)), "<Barrier parties=2 intact>");
  const { all } = parties();
  await all[0]!.abort();
  assert.equal(inspect(all[0]), "<Barrier parties=3 broken>");
  const statistics = await all[0]!.statistics();
  assert.ok(Object.isFrozen(statistics));
  assert.deepEqual({ ...statistics }, { parties: 3, waiting: 0, broken: true, passed: 0 });
  await assert.rejects(all[0]!.wait({ timeout: NaN }), TypeError);
});
