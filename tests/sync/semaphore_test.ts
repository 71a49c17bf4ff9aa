import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { TimeoutError } from "../../src/base/errors.ts";
import { BoundedSemaphore, Semaphore } from "../../src/sync/semaphore.ts";
import { settled } from "../server/fixtures/clients.ts";
import { World } from "../server/fixtures/loopback.ts";

const params = { value: 2, bounded: false };
const make = () => new World().unit().handle<Semaphore>("Semaphore", "s", params);

test("Semaphore.value is 1 by default, an integer from 0 on [BaseSemaphoreTests]", () => {
  assert.equal(inspect(new Semaphore()), "<Semaphore value=1>");
  assert.equal(inspect(new BoundedSemaphore(2)), "<BoundedSemaphore value=2 maxvalue=2>");
  assert.throws(() => new Semaphore("1" as never), {
    name: "TypeError",
    message: "Cannot make a Semaphore: value must be an integer, received string",
  });
  for (const bad of [-1, 1.5, NaN, Infinity]) assert.throws(() => new BoundedSemaphore(bad), RangeError);
  assert.ok(new BoundedSemaphore() instanceof Semaphore);
});

test("Semaphore may be subclassed [test_semlock_subclass]", async () => {
  class Seats extends Semaphore {
    async take(): Promise<boolean> {
      return await super.acquire({ block: false });
    }
  }
  const seats = new Seats(1);
  assert.ok(seats instanceof Semaphore);
  assert.deepEqual([await seats.take(), await seats.take()], [true, false]);
  await seats.release();
  assert.equal(await seats.getValue(), 1);
});

test("Semaphore goes 2, 1, 0, then refuses, and may be released beyond its first value [test_semaphore, test_timeout]", async () => {
  const semaphore = make();
  assert.equal(await semaphore.getValue(), 2);
  assert.equal(await semaphore.acquire(), true);
  assert.equal(await semaphore.acquire(), true);
  assert.equal(await semaphore.getValue(), 0);
  assert.equal(await semaphore.acquire({ block: false }), false);
  assert.equal(await semaphore.acquire({ block: false, timeout: 60_000 }), false);
  assert.equal(await semaphore.acquire({ timeout: 3 }), false);
  for (let i = 0; i < 3; i++) await semaphore.release();
  assert.equal(await semaphore.getValue(), 3);
});

test("BoundedSemaphore.release() beyond the first value is a RangeError [test_bounded_semaphore, BoundedSemaphoreTests]", async () => {
  const semaphore = new World().unit().handle<BoundedSemaphore>("BoundedSemaphore", "s", { value: 1, bounded: true });
  await assert.rejects(semaphore.release(), { name: "RangeError", message: /^Cannot release BoundedSemaphore s: / });
  await semaphore.acquire();
  await semaphore.release();
  await assert.rejects(semaphore.release(), RangeError);
  assert.equal(await semaphore.getValue(), 1);
});

test("Semaphore.run() lets in as many as there are permits, and always releases [BaseSemaphoreTests]", async () => {
  const semaphore = make();
  let [inside, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++inside);
    await semaphore.getValue();
    inside--;
  };
  await Promise.all(Array.from({ length: 10 }, () => semaphore.run(work)));
  assert.equal(most, 2);
  await assert.rejects(semaphore.run(() => Promise.reject(new EvalError("inside"))), EvalError);
  await assert.rejects(semaphore.run(1 as never), TypeError);
  assert.equal(await semaphore.getValue(), 2);
});

test("Semaphore.hold() holds a permit until the guard is disposed, once", async () => {
  const semaphore = make();
  const guard = await semaphore.hold();
  await semaphore.acquire();
  await assert.rejects(semaphore.hold({ timeout: 0 }), TimeoutError);
  await guard[Symbol.asyncDispose]();
  await guard[Symbol.asyncDispose]();
  assert.equal(await semaphore.getValue(), 1);
});

test("Semaphore: an aborted acquire rejects with the reason and has taken nothing", async () => {
  const semaphore = make();
  await semaphore.acquire();
  await semaphore.acquire();
  const stop = new AbortController();
  const waiting = semaphore.acquire({ signal: stop.signal });
  stop.abort("enough");
  await assert.rejects(waiting, (reason) => reason === "enough");
  await semaphore.release();
  assert.equal(await semaphore.getValue(), 1);
  await assert.rejects(semaphore.acquire({ timeout: NaN }), TypeError);
});

test("Semaphore: the permits of a killed unit go to those who wait", async () => {
  const world = new World();
  const [unit, other] = [world.unit(), world.unit().handle<Semaphore>("Semaphore", "s", params)];
  const theirs = unit.handle<Semaphore>("Semaphore", "s", params);
  await theirs.acquire();
  await theirs.acquire();
  const waiting = other.acquire();
  assert.equal(await settled(waiting), false);
  await unit.kill();
  assert.equal(await waiting, true);
  const statistics = await other.statistics();
  assert.ok(Object.isFrozen(statistics));
  assert.deepEqual({ ...statistics }, { value: 1, waiting: 0, acquired: 3, abandoned: 2 });
  assert.equal(inspect(other), "<Semaphore value=0>");
});

test("Semaphore.release(n) gives n permits in one step, bounded all or none", async () => {
  const unit = new World().unit();
  const semaphore = unit.handle<Semaphore>("Semaphore", "s", { value: 0, bounded: false });
  const bounded = unit.handle<BoundedSemaphore>("BoundedSemaphore", "b", { value: 3, bounded: true });
  const waiting = [semaphore.acquire(), semaphore.acquire()];
  await semaphore.release(3);
  assert.deepEqual(await Promise.all(waiting), [true, true]);
  assert.equal(await semaphore.getValue(), 1);
  for (let i = 0; i < 3; i++) await bounded.acquire();
  await bounded.release(2);
  await assert.rejects(bounded.release(2), RangeError);
  assert.equal(await bounded.getValue(), 2);
  for (const n of [0, -1, 1.5, NaN, "1" as unknown as number]) await assert.rejects(semaphore.release(n), /n must be a positive integer/);
});
