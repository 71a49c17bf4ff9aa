import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitCancelled } from "../../src/base/wait_queue.ts";
import { ConditionObject } from "../../src/sync/condition_object.ts";
import { call, client, delivery, settled } from "../server/fixtures/clients.ts";

/** Enters and waits. */
function waiter(condition: ConditionObject, who = client()) {
  const made = call(who, true);
  const id = condition.enter(call(who));
  return { id, who, call: made, woken: condition.wait(made, id, true) as Promise<unknown> };
}

test("ConditionObject.notify(n) wakes the n that wait longest, and is not remembered [test_notify_n]", async () => {
  const condition = new ConditionObject();
  condition.notify(call(), 3);
  const waiters = Array.from({ length: 4 }, () => waiter(condition));
  condition.notify(call(), 2);
  assert.deepEqual(await Promise.all(waiters.map(({ woken }) => settled(woken))), [true, true, false, false]);
  condition.notify(call(), Infinity);
  for (const { woken, who, id } of waiters) {
    delivery(await woken).taken();
    condition.leave(call(who), id, true);
  }
  assert.deepEqual(condition.statistics(call()), { waiting: 0, notified: 4 });
});

test("ConditionObject: a notification between enter and wait is there at once", async () => {
  const condition = new ConditionObject();
  const who = client();
  const id = condition.enter(call(who));
  condition.notify(call(), 1);
  assert.equal(delivery(await condition.wait(call(who), id, false)).value, true);
});

test("ConditionObject.wait() without waiting looks only, and of a stranger's entry sees nothing", () => {
  const condition = new ConditionObject();
  const who = client();
  const id = condition.enter(call(who));
  assert.equal(condition.wait(call(who), id, false), false);
  assert.equal(condition.wait(call(), id, true), false);
  condition.leave(call(), id, false);
  assert.equal(condition.statistics(call()).waiting, 1);
  condition.leave(call(who), id, false);
  assert.equal(condition.statistics(call()).waiting, 0);
});

test("ConditionObject: a notification that is given back goes to the next in line, once", async () => {
  const condition = new ConditionObject();
  const [first, second, third] = [waiter(condition), waiter(condition), waiter(condition)];
  condition.notify(call(), 1);
  const given = delivery(await first.woken);
  given.giveBack("cancelled");
  assert.equal(await settled(second.woken), true);
  condition.leave(call(first.who), first.id, false);
  assert.equal(await settled(third.woken), false);
});

test("ConditionObject: a waiter that gives up leaves the line", async () => {
  const condition = new ConditionObject();
  const [quitter, next] = [waiter(condition), waiter(condition)];
  quitter.call.giveUp("cancelled");
  await assert.rejects(quitter.woken, WaitCancelled);
  condition.leave(call(quitter.who), quitter.id, false);
  condition.notify(call(), 1);
  assert.equal(delivery(await next.woken).value, true);
});

test("ConditionObject: one that dies after it was notified and before it has the lock again passes the notification on", async () => {
  const condition = new ConditionObject();
  const dead = client("dead");
  const [first, also, next] = [waiter(condition, dead), waiter(condition, dead), waiter(condition)];
  condition.notify(call(), 1);
  delivery(await first.woken).taken();
  condition.clientGone(dead);
  await assert.rejects(also.woken, WaitCancelled);
  assert.equal(delivery(await next.woken).value, true);
});

test("ConditionObject: a waiter that gives up, or whose client is gone, notifies nobody", async () => {
  const condition = new ConditionObject();
  const [late, gone, living] = [waiter(condition), waiter(condition), waiter(condition)];
  late.call.giveUp("cancelled");
  await assert.rejects(late.woken, WaitCancelled);
  condition.leave(call(late.who), late.id, false);
  gone.call.giveUp("gone");
  await assert.rejects(gone.woken, WaitCancelled);
  condition.clientGone(gone.who);
  assert.equal(await settled(living.woken), false);
});
