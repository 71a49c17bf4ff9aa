import assert from "node:assert/strict";
import { test } from "node:test";
import { BrokenPipeError, Empty, EOFError } from "../../src/base/errors.ts";
import { settled } from "./fixtures/clients.ts";
import { World } from "./fixtures/loopback.ts";

test("a lock of a dead unit is freed, and the next owner can tell", async () => {
  const world = new World();
  const [dying, living] = [world.unit(), world.unit()];
  assert.equal(await dying.lock("l").acquire(), true);
  const lock = living.lock("l");
  const waiting = lock.acquire();
  assert.equal(await settled(waiting), false);
  await dying.kill();
  assert.equal(await waiting, true);
  assert.equal(lock.abandoned, true);
  await lock.release();
  await lock.acquire();
  assert.equal(lock.abandoned, false);
});

test("a unit that dies while it waits for a lock leaves the line", async () => {
  const world = new World();
  const [owner, dying, living] = [world.unit(), world.unit(), world.unit()];
  await owner.lock("l").acquire();
  const lost = dying.lock("l").acquire();
  const lock = living.lock("l");
  const before = await living.lock("l").statistics();
  assert.equal(before.waiting, 1);
  const next = lock.acquire();
  await dying.kill();
  await assert.rejects(lost, BrokenPipeError);
  await owner.lock("l").release();
  assert.equal(await next, true);
  assert.equal(lock.abandoned, false);
});

test("an item that a dead consumer had not received goes to the next one, first", async () => {
  const world = new World();
  const [producer, dying, living] = [world.unit(), world.unit(), world.unit()];
  const queue = producer.queue<number>("q");
  await queue.put(1);
  await queue.put(2);
  const doomed = dying.queue<number>("q");
  await doomed.qsize();
  dying.near.pause();
  const lost = doomed.get();
  while ((await queue.statistics()).handedOut === 0);
  await dying.kill();
  await assert.rejects(lost, EOFError);
  assert.equal(await living.queue("q").get(), 1);
  assert.equal(await living.queue("q").get(), 2);
});

test("a unit that dies while it waits for an item takes none with it", async () => {
  const world = new World();
  const [producer, dying, living] = [world.unit(), world.unit(), world.unit()];
  const lost = dying.queue("q").get();
  const queue = producer.queue<number>("q");
  while ((await queue.statistics()).getters === 0);
  await dying.kill();
  await assert.rejects(lost, EOFError);
  await queue.put(1);
  assert.equal(await living.queue("q").get(), 1);
});

test("a put of a dead unit that still waited for a place has not happened", async () => {
  const world = new World();
  const [dying, living] = [world.unit(), world.unit()];
  const queue = living.queue<number>("q", 1);
  await queue.put(1);
  const lost = dying.queue<number>("q", 1).put(2);
  while ((await queue.statistics()).putters === 0);
  await dying.kill();
  await assert.rejects(lost, BrokenPipeError);
  assert.equal(await queue.get(), 1);
  await assert.rejects(queue.getNowait(), Empty);
});

test("Event.set() wakes the living when a waiter has died", async () => {
  const world = new World();
  const [dying, living, setter] = [world.unit(), world.unit(), world.unit()];
  const lost = dying.event("e").wait();
  const waiting = living.event("e").wait();
  while ((await setter.event("e").statistics()).waiting < 2);
  await dying.kill();
  await assert.rejects(lost, BrokenPipeError);
  await setter.event("e").set();
  assert.equal(await waiting, true);
});

test("when the server is gone, what waits rejects, and so does every later call", async () => {
  const world = new World();
  const unit = world.unit();
  const [queue, lock, event] = [unit.queue("q", 1), unit.lock("l"), unit.event("e")];
  await queue.put(0);
  await lock.acquire();
  const waiting = [lock.acquire(), event.wait(), queue.put(1)];
  const got = unit.queue("other").get();
  while ((await lock.statistics()).waiting === 0);
  unit.far.destroy();
  for (const call of waiting) await assert.rejects(call, BrokenPipeError);
  await assert.rejects(got, { name: "EOFError", message: /^Cannot get from Queue other: the unit that made it has ended$/ });
  await assert.rejects(queue.get(), EOFError);
  await assert.rejects(queue.put(2), BrokenPipeError);
  await assert.rejects(lock.release(), BrokenPipeError);
});
