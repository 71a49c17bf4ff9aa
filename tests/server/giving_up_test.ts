import assert from "node:assert/strict";
import { test } from "node:test";
import { Empty, Full } from "../../src/base/errors.ts";
import type { Channel } from "../../src/connection/channel.ts";
import { ObjectServer } from "../../src/server/object_server.ts";
import {
  CALL,
  CANCEL,
  decodeServerFrame,
  DONE,
  encodeFrame,
  HELLO,
  PARKED,
  PROTOCOL_VERSION,
  type ServerMessage,
  USE,
  VERDICT,
} from "../../src/server/protocol.ts";
import { settled } from "./fixtures/clients.ts";
import { World } from "./fixtures/loopback.ts";

test("an aborted get leaves the item in the queue, also when the item was on its way", async () => {
  const world = new World();
  const [producer, consumer] = [world.unit(), world.unit()];
  const [source, queue] = [producer.queue<number>("q"), consumer.queue<number>("q")];
  await queue.qsize();
  await source.put(1);
  await source.put(2);
  const abort = new AbortController();
  consumer.near.pause();
  const given = queue.get({ signal: abort.signal });
  while ((await source.statistics()).handedOut === 0);
  const reason = new Error("enough");
  abort.abort(reason);
  await assert.rejects(given, (error) => error === reason);
  consumer.near.resume();
  assert.equal(await queue.get(), 1);
  assert.equal(await queue.get(), 2);
});

test("an aborted get that waits leaves the line", async () => {
  const world = new World();
  const unit = world.unit();
  const queue = unit.queue<number>("q");
  const abort = new AbortController();
  const given = queue.get({ signal: abort.signal });
  while ((await queue.statistics()).getters === 0);
  abort.abort();
  await assert.rejects(given, { name: "AbortError" });
  await queue.put(1);
  assert.equal(await queue.get(), 1);
});

test("a call whose signal is aborted already reaches nobody", async () => {
  const world = new World();
  const unit = world.unit();
  const queue = unit.queue<number>("q");
  await assert.rejects(queue.put(1, { signal: AbortSignal.abort("no") }), (reason) => reason === "no");
  await assert.rejects(queue.get({ signal: AbortSignal.abort("no") }), (reason) => reason === "no");
  assert.equal(unit.sent, 0);
});

test("an aborted call that has not left its unit is withdrawn", async () => {
  const world = new World();
  const queue = world.unit().queue<number>("q");
  await queue.qsize();
  const abort = new AbortController();
  const put = queue.put(1, { signal: abort.signal });
  abort.abort("no");
  await assert.rejects(put, (reason) => reason === "no");
  assert.equal((await queue.statistics()).put, 0);
});

test("a get whose timeout passes before the server could look still gets what is there", async () => {
  const world = new World();
  const unit = world.unit();
  const queue = unit.queue<number>("q");
  await queue.put(1);
  unit.far.pause();
  const given = queue.get({ timeout: 1 });
  // Timers fire in the order of their deadlines: this one proves that the timeout has passed.
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await settled(given), false);
  unit.far.resume();
  assert.equal(await given, 1);
});

test("a get that times out rejects with Empty and loses nothing", async () => {
  const world = new World();
  const queue = world.unit().queue<number>("q");
  await assert.rejects(queue.get({ timeout: 5 }), Empty);
  await queue.put(1);
  assert.equal(await queue.get({ timeout: 5 }), 1);
});

test("a waiting put that times out rejects with Full and has not happened", async () => {
  const world = new World();
  const queue = world.unit().queue<number>("q", 1);
  await queue.put(1);
  await assert.rejects(queue.put(2, { timeout: 5 }), Full);
  assert.equal(await queue.get(), 1);
  assert.equal(await queue.empty(), true);
});

test("an aborted put is undone although it had been accepted, while nobody has the item", async () => {
  const world = new World();
  const [unit, other] = [world.unit(), world.unit()];
  const [queue, view] = [unit.queue<number>("q"), other.queue<number>("q")];
  await queue.qsize();
  unit.near.pause();
  const abort = new AbortController();
  const put = queue.put(1, { signal: abort.signal });
  while (await view.empty());
  abort.abort("no");
  unit.near.resume();
  await assert.rejects(put, (reason) => reason === "no");
  assert.equal(await view.empty(), true);
});

test("an aborted put succeeds when a consumer has the item already", async () => {
  const world = new World();
  const [unit, other] = [world.unit(), world.unit()];
  const queue = unit.queue<number>("q");
  await queue.qsize();
  unit.near.pause();
  const abort = new AbortController();
  const put = queue.put(1, { signal: abort.signal });
  assert.equal(await other.queue<number>("q").get(), 1);
  abort.abort("too late");
  unit.near.resume();
  await put;
});

test("an acquire that was given up while the grant was on its way does not hold the lock", async () => {
  const world = new World();
  const [unit, other] = [world.unit(), world.unit()];
  const [lock, view] = [unit.lock("l"), other.lock("l")];
  await lock.locked();
  unit.near.pause();
  const abort = new AbortController();
  const acquired = lock.acquire({ signal: abort.signal });
  while (!await view.locked());
  abort.abort("no");
  await assert.rejects(acquired, (reason) => reason === "no");
  assert.equal(await view.acquire({ timeout: 10_000 }), true);
  assert.equal(view.abandoned, false);
});

test("a step that has been done stands, although its caller gives up just before its answer leaves", async () => {
  const receivers: ((frame: Uint8Array) => void)[] = [];
  const answered: ServerMessage[] = [];
  class Steps {
    static readonly exposed = ["step"];
    async step(): Promise<string> {
      await Promise.resolve();
      receivers[0]!(encodeFrame([[CANCEL, 7]]));
      return "done";
    }
    clientGone(): void {}
  }
  const channel = {
    closed: new Promise(() => {}),
    bufferedAmount: 0,
    unref: () => {},
    onFrame: (receive: (frame: Uint8Array) => void) => void receivers.push(receive),
    send: (frame: Uint8Array) => void answered.push(...decodeServerFrame(frame)),
  };
  new ObjectServer({ Steps }).accept(channel as Partial<Channel> as Channel);
  receivers[0]!(encodeFrame([[HELLO, PROTOCOL_VERSION, "x"], [USE, 0, "s", "Steps", null], [CALL, 7, 0, "step", true]]));
  while (answered.at(-1)?.[0] !== VERDICT) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(answered, [[PARKED, 7], [DONE, 7, "done", false], [VERDICT, 7, false]]);
});
