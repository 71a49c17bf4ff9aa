import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitCancelled } from "../../src/base/wait_queue.ts";
import { REFUSED, SemaphoreObject } from "../../src/sync/semaphore_object.ts";
import { call, client, delivery, settled } from "../server/fixtures/clients.ts";

const make = (value: number, bounded = false) => new SemaphoreObject({ value, bounded });

test("SemaphoreObject hands out its permits, then one for each release, in the order of calls", async () => {
  const semaphore = make(2);
  assert.equal(delivery(semaphore.acquire(call(), true)).value, 1);
  assert.equal(delivery(semaphore.acquire(call(), true)).value, 0);
  const [third, fourth] = [semaphore.acquire(call(), true), semaphore.acquire(call(), true)];
  assert.equal(semaphore.release(call()), 0);
  assert.equal(delivery(await third).value, 0);
  assert.equal(await settled(fourth), false);
  semaphore.release(call());
  assert.equal(delivery(await fourth).value, 0);
});

test("SemaphoreObject.acquire() without waiting answers at once", () => {
  const semaphore = make(0);
  assert.equal(semaphore.acquire(call(), false), REFUSED);
  assert.equal(semaphore.acquire(call(), "yes"), REFUSED);
});

test("SemaphoreObject.release() may pass the first value, unless bounded", () => {
  const [free, bounded] = [make(1), make(1, true)];
  assert.equal(free.release(call()), 2);
  assert.equal(bounded.release(call()), REFUSED);
  bounded.acquire(call(), true);
  assert.equal(bounded.release(call()), 1);
});

test("SemaphoreObject: a waiter that gives up leaves the line", async () => {
  const semaphore = make(0);
  const quitter = call();
  const given = semaphore.acquire(quitter, true) as Promise<unknown>;
  const next = semaphore.acquire(call(), true);
  quitter.giveUp("cancelled");
  await assert.rejects(given, WaitCancelled);
  semaphore.release(call());
  assert.equal(delivery(await next).value, 0);
});

test("SemaphoreObject: a permit that is given back goes to the next in line, once", async () => {
  const semaphore = make(1);
  const permit = delivery(semaphore.acquire(call(), true));
  const next = semaphore.acquire(call(), true);
  assert.equal(permit.giveBack("cancelled"), true);
  assert.equal(delivery(await next).value, 0);
  assert.equal(permit.giveBack("cancelled"), false);
  assert.equal(semaphore.getValue(call()), 0);
});

test("SemaphoreObject: the permits of a dead client come back, and only those that nobody released", () => {
  const semaphore = make(3);
  const [dead, other] = [client("dead"), client("other")];
  for (const who of [dead, dead, other]) delivery(semaphore.acquire(call(who), true)).taken();
  semaphore.release(call(dead));
  semaphore.clientGone(dead, false);
  semaphore.clientGone(dead, false);
  assert.deepEqual(semaphore.statistics(call()), { value: 2, waiting: 0, acquired: 3, abandoned: 1 });
});

test("SemaphoreObject: the permits of a client that has done its work stay taken, and anybody may release them", () => {
  const semaphore = make(2, true);
  const [done, other] = [client("done"), client("other")];
  for (const who of [done, done]) delivery(semaphore.acquire(call(who), true)).taken();
  semaphore.clientGone(done, true);
  assert.equal(semaphore.getValue(call()), 0);
  assert.deepEqual([1, 2, 3].map(() => semaphore.release(call(other))), [1, 2, REFUSED]);
  assert.equal(semaphore.statistics(call()).abandoned, 0);
});

test("SemaphoreObject: a release by one who has no permit counts as that of the oldest", () => {
  const semaphore = make(2, true);
  const dead = client("dead");
  semaphore.acquire(call(dead), true);
  assert.equal(semaphore.release(call(client("other"))), 2);
  semaphore.clientGone(dead, false);
  assert.equal(semaphore.getValue(call()), 2, "a bounded one never gets more than it had");
});

test("SemaphoreObject refuses a value that is none", () => {
  for (const value of [-1, 1.5, "1", undefined]) assert.throws(() => new SemaphoreObject({ value, bounded: false }), RangeError);
  assert.throws(() => new SemaphoreObject(null), RangeError);
});

test("SemaphoreObject.release() of very many permits does not keep the server, and those that are out count as back", async () => {
  const semaphore = make(1);
  const [owner, waiter] = [client(), client()];
  delivery(semaphore.acquire(call(owner), true)).taken();
  const waiting = semaphore.acquire(call(waiter), true) as Promise<unknown>;
  assert.equal(semaphore.release(call(owner), 2 ** 50), 2 ** 50 - 1);
  await waiting;
  semaphore.clientGone(owner, false);
  assert.equal(semaphore.getValue(call()), 2 ** 50 - 1);
});
