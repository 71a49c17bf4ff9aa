import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call, ServedObject } from "../../src/server/served.ts";
import { CellsObject, LOCKED } from "../../src/sharedctypes/cells_object.ts";
import { LockObject } from "../../src/sync/lock_object.ts";
import { RLockObject } from "../../src/sync/rlock_object.ts";
import { call, client, delivery, settled } from "../server/fixtures/clients.ts";

const SCOPE = [0];

function guarded(lock: ServedObject): CellsObject {
  const cells = new CellsObject({ typecode: "i", length: 3, lock: { id: "l", type: "any", params: null } });
  cells.moveIn(() => lock);
  return cells;
}

const add = (cells: CellsObject, by: Call, block = true) => cells.add(by, block, SCOPE, 0, 1);

test("a step waits while another client has the lock, in the line of the lock", async () => {
  const lock = new RLockObject();
  const cells = guarded(lock);
  const [owner, next, other] = [client("owner"), client("next"), client("other")];
  delivery(lock.acquire(call(owner), true, SCOPE)).taken();
  const before = lock.acquire(call(next), true, SCOPE);
  const step = add(cells, call(other));
  assert.equal(add(cells, call(other), false), LOCKED);
  assert.equal(add(cells, call(owner)), 1);
  lock.release(call(owner), SCOPE);
  assert.equal(await settled(before), true);
  assert.equal(await settled(step), false);
  lock.release(call(next), SCOPE);
  assert.equal(await step, 2);
  assert.equal(lock.locked(call()), false);
});

test("steps of a client are done in the order of its calls, also when one comes in the turn in which another was let in", async () => {
  const lock = new RLockObject();
  const cells = guarded(lock);
  const [owner, other] = [client("owner"), client("other")];
  delivery(lock.acquire(call(owner), true, SCOPE)).taken();
  const first = cells.set(call(other), true, SCOPE, 0, 1);
  lock.release(call(owner), SCOPE);
  await Promise.all([first, cells.set(call(other), true, SCOPE, 0, 2)]);
  assert.equal(cells.get(call(), false, SCOPE, 0), 2);
  assert.equal(lock.locked(call()), false);
});

test("a step of a client that gives up has not happened, also when it was let in in the same turn", async () => {
  for (const early of [true, false]) {
    const lock = new RLockObject();
    const cells = guarded(lock);
    const [owner, other] = [client(), client()];
    delivery(lock.acquire(call(owner), true, SCOPE)).taken();
    const limited = call(other, true);
    const step = add(cells, limited) as Promise<unknown>;
    if (early) limited.giveUp("cancelled");
    lock.release(call(owner), SCOPE);
    if (!early) limited.giveUp("gone");
    await assert.rejects(step, { name: "WaitCancelled" });
    assert.equal(lock.locked(call()), false);
    assert.equal(cells.get(call(), false, SCOPE, 0), 0);
  }
});

test("a step keeps the mark of a lock that was left behind", async () => {
  const lock = new RLockObject();
  const cells = guarded(lock);
  const dead = client();
  delivery(lock.acquire(call(dead), true, SCOPE)).taken();
  const step = add(cells, call());
  lock.clientGone(dead);
  assert.equal(await step, 1);
  assert.equal(delivery<number>(lock.acquire(call(), true, SCOPE)).value, -1);
});

test("a plain Lock lets the client pass that has it, and no other", async () => {
  const lock = new LockObject();
  const cells = guarded(lock);
  const owner = client();
  delivery(lock.acquire(call(owner), true)).taken();
  assert.equal(add(cells, call(owner)), 1);
  assert.equal(add(cells, call(client()), false), LOCKED);
  lock.release(call());
  assert.equal(add(cells, call(client())), 2);
});

test("steps of a client under a plain Lock are done in the order of its calls, also when one comes in the turn in which another was let in", async () => {
  const lock = new LockObject();
  const cells = guarded(lock);
  const [owner, other, next] = [client("owner"), client("other"), client("next")];
  delivery(lock.acquire(call(owner), true)).taken();
  const set = (value: number) => cells.set(call(other), true, SCOPE, 0, value);
  const early = [set(1), set(2)];
  const another = add(cells, call(next));
  lock.release(call(other));
  await Promise.all([...early, another, set(4), set(5)]);
  assert.equal(cells.get(call(), false, SCOPE, 0), 5);
  assert.equal(lock.locked(call()), false);
});

test("foreign data is refused", () => {
  const cells = new CellsObject({ typecode: "q", length: 2, lock: null });
  for (const params of [null, {}, { typecode: "z", length: 1 }, { typecode: "i", length: -1 }, { typecode: "i", length: 0.5 }]) {
    assert.throws(() => new CellsObject(params));
  }
  assert.throws(() => cells.set(call(), true, SCOPE, 0, 1), TypeError);
  assert.throws(() => cells.set(call(), true, SCOPE, 2, 1n), RangeError);
  assert.throws(() => cells.get(call(), true, SCOPE, "0"), RangeError);
  assert.throws(() => cells.setSlice(call(), true, SCOPE, 0, new Int32Array(1)), TypeError);
  assert.throws(() => cells.setSlice(call(), true, SCOPE, 1, new BigInt64Array(2)), RangeError);
  assert.throws(() => cells.fillIn(call(), [1n, 2n]), TypeError);
  assert.throws(() => guarded({ clientGone() {} }), TypeError);
  assert.deepEqual(cells.statistics(call()), { reads: 0, writes: 0 });
});
