import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitCancelled } from "../../src/base/wait_queue.ts";
import { GET_EMPTY, PUT_DONE, PUT_FULL, QueueObject, SHUT_DOWN } from "../../src/queues/queue_object.ts";
import { call, delivery, settled } from "../server/fixtures/clients.ts";

const item = (n: number) => Uint8Array.of(n);
const make = (maxsize = 0) => new QueueObject({ maxsize });
/** Gets and confirms. */
const take = async (queue: QueueObject) => {
  const given = delivery<Uint8Array>(await queue.get(call(), true));
  given.taken();
  return given.value[0];
};

test("QueueObject is first in, first out", async () => {
  const queue = make();
  for (let i = 0; i < 5; i++) assert.equal(queue.put(call(), item(i), true), PUT_DONE);
  assert.equal(queue.qsize(call()), 5);
  for (let i = 0; i < 5; i++) assert.equal(await take(queue), i);
  assert.equal(queue.empty(call()), true);
});

test("QueueObject serves getters in the order of their calls", async () => {
  const queue = make();
  const getters = [queue.get(call(), true), queue.get(call(), true)];
  queue.put(call(), item(1), true);
  queue.put(call(), item(2), true);
  const values = (await Promise.all(getters)).map((answer) => delivery<Uint8Array>(answer).value[0]);
  assert.deepEqual(values, [1, 2]);
  assert.equal(queue.qsize(call()), 0);
});

test("QueueObject without waiting says full and empty", () => {
  const queue = make(1);
  assert.equal(queue.get(call(), false), GET_EMPTY);
  queue.put(call(), item(1), true);
  assert.equal(queue.put(call(), item(2), false), PUT_FULL);
  assert.equal(queue.full(call()), true);
  assert.equal(queue.qsize(call()), 1);
});

test("QueueObject lets waiting puts in, first come first served, when a place is free [test_basic]", async () => {
  const queue = make(1);
  queue.put(call(), item(1), true);
  const second = queue.put(call(), item(2), true);
  const third = queue.put(call(), item(3), true);
  assert.equal(await settled(second), false);
  assert.equal(await take(queue), 1);
  assert.equal(await second, PUT_DONE);
  assert.equal(await settled(third), false);
  assert.equal(await take(queue), 2);
  assert.equal(await third, PUT_DONE);
});

test("QueueObject: an item that was not confirmed goes back before what was put after it", async () => {
  const queue = make();
  for (let i = 0; i < 4; i++) queue.put(call(), item(i), true);
  const [first, second, third] = [0, 1, 2].map(() => delivery(queue.get(call(), true)));
  second!.taken();
  first!.giveBack("gone");
  third!.giveBack("gone");
  assert.deepEqual([await take(queue), await take(queue), await take(queue)], [0, 2, 3]);
});

test("QueueObject: an item that comes back goes to the getter that waits", async () => {
  const queue = make();
  queue.put(call(), item(1), true);
  const lost = delivery(queue.get(call(), true));
  const waiting = queue.get(call(), true);
  lost.giveBack("cancelled");
  assert.equal(delivery<Uint8Array>(await waiting).value[0], 1);
});

test("QueueObject: a getter that gives up leaves the line, and the item goes to the next", async () => {
  const queue = make();
  const quitter = call();
  const lost = queue.get(quitter, true) as Promise<unknown>;
  const next = queue.get(call(), true);
  quitter.giveUp("cancelled");
  await assert.rejects(lost, WaitCancelled);
  queue.put(call(), item(7), true);
  assert.equal(delivery<Uint8Array>(await next).value[0], 7);
});

test("QueueObject: a waiting put that gives up has not happened", async () => {
  const queue = make(1);
  queue.put(call(), item(1), true);
  const quitter = call(undefined, true);
  const lost = queue.put(quitter, item(2), true) as Promise<unknown>;
  quitter.giveUp("gone");
  await assert.rejects(lost, WaitCancelled);
  assert.equal(await take(queue), 1);
  assert.equal(queue.get(call(), false), GET_EMPTY);
});

test("QueueObject: an accepted put is undone by its cancel while no consumer has the item", async () => {
  const queue = make(1);
  const accepted = delivery(queue.put(call(undefined, true), item(1), true));
  const waiting = queue.put(call(), item(2), true);
  assert.equal(accepted.giveBack("cancelled"), true);
  assert.equal(await waiting, PUT_DONE);
  assert.equal(await take(queue), 2);
});

test("QueueObject: an accepted put stands when a consumer has the item, or when the producer died", async () => {
  const queue = make();
  const handedOut = delivery(queue.put(call(undefined, true), item(1), true));
  assert.equal(await take(queue), 1);
  assert.equal(handedOut.giveBack("cancelled"), false);
  const left = delivery(queue.put(call(undefined, true), item(2), true));
  assert.equal(left.giveBack("gone"), false);
  assert.equal(await take(queue), 2);
});

test("QueueObject.shutdown() ends puts at once and gets after the last item [test_shutdown_empty, test_shutdown_nonempty]", async () => {
  const queue = make(1);
  queue.put(call(), item(1), true);
  const waiting = queue.put(call(), item(2), true);
  queue.shutdown(call(), false);
  assert.equal(await waiting, SHUT_DOWN);
  assert.equal(queue.put(call(), item(3), true), SHUT_DOWN);
  assert.equal(await take(queue), 1);
  assert.equal(queue.get(call(), true), SHUT_DOWN);
});

test("QueueObject.shutdown() wakes getters only when no item can come back any more", async () => {
  const queue = make();
  queue.put(call(), item(1), true);
  const onItsWay = delivery(queue.get(call(), true));
  const getters = [queue.get(call(), true), queue.get(call(), true)];
  queue.shutdown(call(), false);
  assert.equal(await settled(getters[0]), false);
  onItsWay.giveBack("gone");
  const given = delivery<Uint8Array>(await getters[0]);
  assert.equal(given.value[0], 1);
  assert.equal(await settled(getters[1]), false);
  given.taken();
  assert.equal(await getters[1], SHUT_DOWN);
});

test("QueueObject.shutdown(immediate) drops all items, also one that comes back [test_shutdown_immediate]", async () => {
  const queue = make();
  for (let i = 0; i < 3; i++) queue.put(call(), item(i), true);
  const onItsWay = delivery(queue.get(call(), true));
  queue.shutdown(call(), true);
  assert.equal(queue.get(call(), true), SHUT_DOWN);
  onItsWay.giveBack("gone");
  assert.equal(queue.get(call(), true), SHUT_DOWN);
});

test("QueueObject checks what comes from outside", () => {
  assert.throws(() => new QueueObject(null), RangeError);
  assert.throws(() => new QueueObject({ maxsize: 1.5 }), RangeError);
  assert.throws(() => make().put(call(), "text", true), TypeError);
});
