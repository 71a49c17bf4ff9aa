import assert from "node:assert/strict";
import { test } from "node:test";
import { ACT, BarrierObject, BROKEN, PASSED } from "../../src/sync/barrier_object.ts";
import { call, client, delivery, settled } from "../server/fixtures/clients.ts";

const answer = async (waiting: unknown) => delivery<unknown>(await waiting).value;

test("BarrierObject lets all leave when all have arrived, each with another number", async () => {
  const barrier = new BarrierObject({ parties: 3, acts: false });
  const [first, second] = [barrier.wait(call(), true), barrier.wait(call(), true)];
  assert.equal(await settled(first), false);
  assert.equal(barrier.nWaiting(call()), 2);
  const third = barrier.wait(call(), false);
  assert.deepEqual(await Promise.all([first, second, third].map(answer)), [[PASSED, 0], [PASSED, 1], [PASSED, 2]]);
  assert.deepEqual(barrier.statistics(call()), { parties: 3, waiting: 0, broken: false, passed: 1 });
});

test("BarrierObject: nobody leaves before the action has run; who arrives meanwhile waits for the next time", async () => {
  const barrier = new BarrierObject({ parties: 2, acts: true });
  const [who, other] = [client(), client()];
  const first = barrier.wait(call(other), true);
  assert.deepEqual(await answer(barrier.wait(call(who), true)), [ACT, 0]);
  const [third, fourth] = [barrier.wait(call(), true), barrier.wait(call(other), true)];
  assert.equal(await settled(first), false);
  assert.equal(barrier.finish(call(other), 0, true), false, "it is not the one who acts");
  assert.equal(barrier.finish(call(who), 0, true), true);
  assert.deepEqual(await answer(first), [PASSED, 0]);
  assert.equal(await settled(third), false);
  assert.deepEqual(await answer(fourth), [ACT, 1]);
  assert.equal(barrier.finish(call(other), 0, true), false, "that action is over");
  barrier.finish(call(other), 1, true);
  assert.deepEqual(await answer(third), [PASSED, 0]);
});

test("BarrierObject: a failed action, or the death of the one who acts, breaks it for the others", async () => {
  for (const end of ["fails", "dies"]) {
    const barrier = new BarrierObject({ parties: 2, acts: true });
    const who = client();
    const first = barrier.wait(call(), true);
    await barrier.wait(call(who), true);
    if (end === "fails") barrier.finish(call(who), 0, false);
    else barrier.clientGone(who);
    assert.deepEqual(await answer(first), [BROKEN, 0]);
    assert.equal(barrier.broken(call()), true);
    assert.equal(barrier.finish(call(who), 0, true), false);
  }
});

test("BarrierObject: whoever gives up breaks it, for those who wait, for the one who acts, and for those who come", async () => {
  const barrier = new BarrierObject({ parties: 3, acts: true });
  const [quitter, who] = [call(), client()];
  const given = barrier.wait(quitter, true) as Promise<unknown>;
  const second = barrier.wait(call(), true);
  assert.deepEqual(await answer(barrier.wait(call(who), true)), [ACT, 0]);
  quitter.giveUp("cancelled");
  await assert.rejects(given);
  assert.deepEqual(await answer(second), [BROKEN, 0]);
  assert.equal(barrier.finish(call(who), 0, true), false);
  assert.deepEqual(barrier.wait(call(), true), [BROKEN, 0]);
});

test("BarrierObject: an answer stands when its receiver gives up too late", async () => {
  const barrier = new BarrierObject({ parties: 1, acts: false });
  const only = delivery(await barrier.wait(call(), true));
  assert.equal(only.giveBack("cancelled"), false);
  assert.equal(barrier.broken(call()), false);
});

test("BarrierObject.abort() and reset() break it for those who wait; reset() makes it as new", async () => {
  const barrier = new BarrierObject({ parties: 2, acts: false });
  const first = barrier.wait(call(), true);
  barrier.abort(call());
  assert.deepEqual(await answer(first), [BROKEN, 0]);
  barrier.reset(call());
  const second = barrier.wait(call(), true);
  barrier.reset(call());
  assert.deepEqual(await answer(second), [BROKEN, 0]);
  assert.equal(barrier.broken(call()), false);
  assert.deepEqual(barrier.wait(call(), false), [BROKEN, 0], "not waiting breaks it");
  assert.equal(barrier.broken(call()), true);
});

test("BarrierObject refuses parties that are none", () => {
  for (const parties of [0, -1, 1.5, "2", undefined]) assert.throws(() => new BarrierObject({ parties }), RangeError);
});
