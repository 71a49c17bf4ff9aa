import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Event } from "../../src/sync/event.ts";
import { World } from "../server/fixtures/loopback.ts";

const make = () => new World().unit().event("e");

test("Event.wait() is false without waiting or after the timeout, and true when the flag is up [test_event]", async () => {
  const event = make();
  assert.equal(await event.isSet(), false);
  assert.equal(await event.wait({ timeout: 0 }), false);
  assert.equal(await event.wait({ timeout: 3 }), false);
  await event.set();
  assert.equal(await event.wait({ timeout: 0 }), true);
  assert.equal(await event.wait(), true);
  await event.clear();
  assert.equal(await event.isSet(), false);
});

test("Event.set() then clear() at once still wakes every waiter, in every unit, with true [test_event, EventTests]", async () => {
  const world = new World();
  const waiting = [1, 2, 3].map(() => world.unit().event("e").wait());
  const setter = world.unit().event("e");
  while ((await setter.statistics()).waiting < 3);
  void setter.set();
  void setter.clear();
  assert.deepEqual(await Promise.all(waiting), [true, true, true]);
  assert.equal(await setter.isSet(), false);
});

test("Event.wait() that is aborted rejects with the reason and leaves the line", async () => {
  const event = make();
  const abort = new AbortController();
  const waiting = event.wait({ signal: abort.signal });
  assert.equal((await event.statistics()).waiting, 1);
  abort.abort("no");
  await assert.rejects(waiting, (reason) => reason === "no");
  assert.equal((await event.statistics()).waiting, 0);
  await assert.rejects(event.wait({ timeout: NaN }), TypeError);
});

test("Event shows its flag as it was last known [test_repr]", async () => {
  const event = new Event();
  assert.equal(inspect(event), "<Event unset>");
  const served = make();
  await served.set();
  assert.equal(inspect(served), "<Event set>");
  assert.ok(Object.isFrozen(await served.statistics()));
});
