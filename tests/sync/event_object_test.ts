import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitCancelled } from "../../src/base/wait_queue.ts";
import { EventObject } from "../../src/sync/event_object.ts";
import { call, settled } from "../server/fixtures/clients.ts";

test("EventObject.wait() answers at once when the flag is up, or when it may not wait", () => {
  const event = new EventObject();
  assert.equal(event.wait(call(), false), false);
  event.set(call());
  assert.equal(event.wait(call(), true), true);
  assert.equal(event.isSet(call()), true);
});

test("EventObject.set() then clear() at once still wakes every waiter with true", async () => {
  const event = new EventObject();
  const waiting = Array.from({ length: 5 }, () => event.wait(call(), true));
  event.set(call());
  event.clear(call());
  assert.deepEqual(await Promise.all(waiting), [true, true, true, true, true]);
  assert.equal(event.isSet(call()), false);
});

test("EventObject: a waiter that is gone holds nobody up [2.10 Event.set()]", async () => {
  const event = new EventObject();
  const gone = call();
  const lost = event.wait(gone, true) as Promise<boolean>;
  const alive = event.wait(call(), true);
  gone.giveUp("gone");
  await assert.rejects(lost, WaitCancelled);
  assert.deepEqual(event.statistics(call()), { set: false, waiting: 1 });
  event.set(call());
  assert.equal(await alive, true);
});

test("EventObject: who waits after clear() waits for the next set()", async () => {
  const event = new EventObject();
  event.set(call());
  event.clear(call());
  const late = event.wait(call(), true);
  assert.equal(await settled(late), false);
  event.set(call());
  assert.equal(await late, true);
});
