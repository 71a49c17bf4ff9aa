import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitCancelled } from "../../src/base/wait_queue.ts";
import { NOT_ACQUIRED, NOT_OWNED, RLockObject } from "../../src/sync/rlock_object.ts";
import { call, client, delivery, settled } from "../server/fixtures/clients.ts";

const a = client("a");
const b = client("b");

/** Acquires without waiting. */
const take = (lock: RLockObject, who: typeof a, ...path: number[]) => {
  const answer = lock.acquire(call(who), false, path);
  return answer === NOT_ACQUIRED ? NOT_ACQUIRED : delivery<number>(answer).value;
};

test("RLockObject is free after as many releases as it was acquired", () => {
  const lock = new RLockObject();
  assert.deepEqual([1, 2, 3].map(() => take(lock, a, 0)), [1, 2, 3]);
  assert.equal(take(lock, b, 0), NOT_ACQUIRED);
  assert.deepEqual([1, 2, 3, 4].map(() => lock.release(call(a), [0])), [2, 1, 0, NOT_OWNED]);
  assert.equal(take(lock, b, 0), 1);
});

test("RLockObject.release() by another scope or another client is refused", () => {
  const lock = new RLockObject();
  take(lock, a, 0);
  assert.equal(lock.release(call(b), [0]), NOT_OWNED);
  assert.equal(lock.release(call(a), [1, 0]), NOT_OWNED);
  assert.equal(lock.locked(call(b)), true);
});

test("RLockObject lets in a scope inside the top one only, so scopes side by side exclude each other", async () => {
  const lock = new RLockObject();
  take(lock, a, 0);
  assert.equal(take(lock, a, 1, 0), 2);
  const beside = lock.acquire(call(a), true, [2, 0]);
  const outer = lock.acquire(call(a), true, [0]);
  assert.equal(take(lock, a, 3, 1, 0), 3);
  lock.release(call(a), [3, 1, 0]);
  assert.equal(await settled(beside), false);
  lock.release(call(a), [1, 0]);
  assert.equal(delivery(await beside).value, 2);
  assert.equal(await settled(outer), false);
  lock.release(call(a), [2, 0]);
  assert.equal(delivery(await outer).value, 2);
});

test("RLockObject: its owner goes before those who came earlier; else the order of calls holds", async () => {
  const lock = new RLockObject();
  take(lock, a, 0);
  take(lock, a, 1, 0);
  const stranger = lock.acquire(call(b), true, [0]);
  const own = lock.acquire(call(a), true, [2, 0]);
  lock.release(call(a), [1, 0]);
  assert.equal(delivery(await own).value, 2);
  lock.release(call(a), [2, 0]);
  assert.equal(await settled(stranger), false);
  lock.release(call(a), [0]);
  assert.equal(delivery(await stranger).value, 1);
});

test("RLockObject: who comes in the turn in which another one of the same owner was let in is told after that one", async () => {
  const lock = new RLockObject();
  take(lock, b, 0);
  const told: string[] = [];
  const first = lock.acquire(call(a), true, [0]) as Promise<unknown>;
  const telling = first.then(() => told.push("first"));
  lock.release(call(b), [0]);
  const second = lock.acquire(call(a), true, [0]);
  assert.ok(second instanceof Promise);
  await Promise.all([second.then(() => told.push("second")), telling]);
  assert.deepEqual(told, ["first", "second"]);
  assert.equal(take(lock, a, 0), 3);
});

test("RLockObject: an outer scope may release before an inner one; the lock stays with the inner one", () => {
  const lock = new RLockObject();
  take(lock, a, 0);
  take(lock, a, 1, 0);
  assert.equal(lock.release(call(a), [0]), 1);
  assert.equal(take(lock, b, 0), NOT_ACQUIRED);
  assert.equal(lock.release(call(a), [1, 0]), 0);
});

test("RLockObject.releaseAll() frees it, and restore() brings back every hold", async () => {
  const lock = new RLockObject();
  take(lock, a, 0);
  take(lock, a, 0);
  take(lock, a, 1, 0);
  assert.equal(lock.releaseAll(call(b), [0]), null);
  assert.equal(lock.releaseAll(call(a), [2, 0]), null, "it is not the innermost");
  const holds = lock.releaseAll(call(a), [1, 0]);
  assert.deepEqual(holds, [[0, 2], [1, 1]]);
  assert.equal(take(lock, b, 0), 1);
  const back = lock.restore(call(a), holds);
  assert.equal(await settled(back), false);
  lock.release(call(b), [0]);
  assert.equal(delivery(await back).value, 3);
  assert.deepEqual([[1, 0], [0], [0]].map((path) => lock.release(call(a), path)), [2, 1, 0]);
});

test("RLockObject: a waiter that gives up leaves the line, and a hold given back is undone once", async () => {
  const lock = new RLockObject();
  take(lock, a, 0);
  const quitter = call(b);
  const given = lock.acquire(quitter, true, [0]) as Promise<unknown>;
  quitter.giveUp("cancelled");
  await assert.rejects(given, WaitCancelled);
  const again = delivery(lock.acquire(call(a), true, [0]));
  assert.equal(again.giveBack("cancelled"), true);
  assert.equal(lock.release(call(a), [0]), 0);
  assert.equal(again.giveBack("cancelled"), false);
  assert.equal(take(lock, b, 0), 1);
  assert.equal(again.giveBack("cancelled"), false, "an old hold must not free a newer one");
  assert.equal(lock.locked(call()), true);
});

test("RLockObject: all holds of a dead client are freed, and exactly the next owner can tell", async () => {
  const lock = new RLockObject();
  take(lock, a, 0);
  take(lock, a, 1, 0);
  const next = lock.acquire(call(b), true, [0]);
  lock.clientGone(a);
  assert.equal(delivery(await next).value, -1);
  lock.release(call(b), [0]);
  assert.equal(take(lock, a, 0), 1);
  lock.clientGone(b);
  assert.deepEqual(lock.statistics(call()), { locked: true, owner: "a", count: 1, waiting: 0, acquired: 4, abandoned: 1 });
});

test("RLockObject refuses owners and holds that are none", () => {
  const lock = new RLockObject();
  for (const path of [undefined, [], ["0"], [0.5], "0"]) assert.throws(() => lock.acquire(call(), true, path), TypeError);
  for (const holds of [null, [], [[0]], [[0, 0]], [["0", 1]]]) assert.throws(() => lock.restore(call(), holds), TypeError);
});
