import assert from "node:assert/strict";
import { test } from "node:test";
import { Full } from "../../src/base/errors.ts";
import { World } from "./fixtures/loopback.ts";

test("30,000 puts that nobody awaits one by one arrive in order, in few frames", { timeout: 60_000 }, async () => {
  const world = new World();
  const [producer, consumer] = [world.unit(), world.unit()];
  const [source, queue] = [producer.queue<number>("q"), consumer.queue<number>("q")];
  const count = 30_000;
  const puts: Promise<void>[] = [];
  for (let i = 0; i < count; i++) puts.push(source.put(i));
  await Promise.all(puts);
  assert.ok(producer.sent <= count / 500, `${producer.sent} frames`);
  const gets: Promise<number>[] = [];
  for (let i = 0; i < count; i++) gets.push(queue.get());
  assert.deepEqual(await Promise.all(gets), Array.from({ length: count }, (_, i) => i));
});

test("many calls are under way in one channel, and one that waits holds up no other", async () => {
  const world = new World();
  const unit = world.unit();
  const [queue, lock] = [unit.queue<number>("q"), unit.lock("l")];
  const waiting = queue.get();
  await lock.acquire();
  const second = lock.acquire();
  assert.equal(await queue.qsize(), 0);
  await lock.release();
  assert.equal(await second, true);
  await queue.put(5);
  assert.equal(await waiting, 5);
});

test("two handles of one object are interchangeable", async () => {
  const world = new World();
  const unit = world.unit();
  const [first, second] = [unit.queue<number>("q", 2), unit.queue<number>("q", 2)];
  await first.put(1);
  await second.put(2);
  await assert.rejects(first.putNowait(3), Full);
  assert.equal(await second.get(), 1);
  assert.equal(await first.get(), 2);
});

test("items larger than the high-water mark pass, in order", async () => {
  const world = new World();
  const [producer, consumer] = [world.unit().queue<Uint8Array>("q"), world.unit().queue<Uint8Array>("q")];
  const puts = Array.from({ length: 8 }, (_, i) => producer.put(new Uint8Array(700_000).fill(i)));
  for (let i = 0; i < 8; i++) {
    const item = await consumer.get();
    assert.equal(item.length, 700_000);
    assert.equal(item[0], i);
  }
  await Promise.all(puts);
});
