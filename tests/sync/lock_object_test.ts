import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitCancelled } from "../../src/base/wait_queue.ts";
import { ACQUIRED, ACQUIRED_ABANDONED, LockObject, NOT_ACQUIRED } from "../../src/sync/lock_object.ts";
import { call, client, delivery, settled } from "../server/fixtures/clients.ts";

test("LockObject gives the lock to one caller at a time, in the order of calls", async () => {
  const lock = new LockObject();
  assert.equal(delivery(lock.acquire(call(), true)).value, ACQUIRED);
  const second = lock.acquire(call(), true);
  const third = lock.acquire(call(), true);
  assert.equal(await settled(second), false);
  lock.release(call());
  assert.equal(delivery(await second).value, ACQUIRED);
  assert.equal(await settled(third), false);
  lock.release(call());
  assert.equal(delivery(await third).value, ACQUIRED);
});

test("LockObject.acquire() without waiting answers at once", () => {
  const lock = new LockObject();
  delivery(lock.acquire(call(), false));
  assert.equal(lock.acquire(call(), false), NOT_ACQUIRED);
  assert.equal(lock.acquire(call(), "yes"), NOT_ACQUIRED);
});

test("LockObject.release() by another client frees the lock, and tells when nobody held it", () => {
  const lock = new LockObject();
  assert.equal(lock.release(call()), false);
  lock.acquire(call(client("a")), true);
  assert.equal(lock.release(call(client("b"))), true);
  assert.equal(lock.locked(call()), false);
});

test("LockObject: a waiter that gives up leaves the line", async () => {
  const lock = new LockObject();
  lock.acquire(call(), true);
  const quitter = call();
  const given = lock.acquire(quitter, true) as Promise<unknown>;
  const next = lock.acquire(call(), true);
  quitter.giveUp("cancelled");
  await assert.rejects(given, WaitCancelled);
  lock.release(call());
  assert.equal(delivery(await next).value, ACQUIRED);
});

test("LockObject: a grant that is given back goes to the next in line, once", async () => {
  const lock = new LockObject();
  lock.acquire(call(), true);
  const second = lock.acquire(call(), true);
  const third = lock.acquire(call(), true);
  lock.release(call());
  const grant = delivery(await second);
  assert.equal(grant.giveBack("cancelled"), true);
  assert.equal(delivery(await third).value, ACQUIRED);
  assert.equal(grant.giveBack("cancelled"), false, "an old grant must not free the lock of the new owner");
  assert.equal(lock.locked(call()), true);
});

test("LockObject: a dead owner's lock is freed, and exactly the next owner can tell", async () => {
  const lock = new LockObject();
  const owner = client("owner");
  delivery(lock.acquire(call(owner), true)).taken();
  const next = lock.acquire(call(), true);
  lock.clientGone(owner);
  assert.equal(delivery(await next).value, ACQUIRED_ABANDONED);
  lock.release(call());
  assert.equal(delivery(lock.acquire(call(), true)).value, ACQUIRED);
});

test("LockObject: the death of an owner is remembered while nobody waits, and when the next one gives up", () => {
  const lock = new LockObject();
  const owner = client();
  lock.acquire(call(owner), true);
  lock.clientGone(owner);
  assert.equal(lock.locked(call()), false);
  const grant = delivery(lock.acquire(call(), true));
  assert.equal(grant.value, ACQUIRED_ABANDONED);
  grant.giveBack("cancelled");
  assert.equal(delivery(lock.acquire(call(), true)).value, ACQUIRED_ABANDONED);
});

test("LockObject: the death of one who is not the owner frees nothing", () => {
  const lock = new LockObject();
  const [first, second] = [client(), client()];
  lock.acquire(call(first), true);
  lock.release(call(second));
  lock.acquire(call(second), true);
  lock.clientGone(first);
  assert.equal(lock.locked(call()), true);
});

test("LockObject.statistics() names the owner and counts", () => {
  const lock = new LockObject();
  lock.acquire(call(client("SpawnProcess-1")), true);
  void lock.acquire(call(), true);
  assert.deepEqual(lock.statistics(call()), { locked: true, owner: "SpawnProcess-1", waiting: 1, acquired: 1, abandoned: 0 });
});
