/** Rows: python-behaviour.md 2.8, TestWait. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { Client, ClosedError, EOFError, Listener, Pipe, wait } from "./fixtures/api.ts";

const DEADLOCK = { timeout: 60_000 };

test("wait() gives what is ready, in the order given, and nothing else [test_wait_timeout]", DEADLOCK, async () => {
  const [a, sendA] = Pipe(false);
  const [b, sendB] = Pipe(false);
  const [c, sendC] = Pipe(false);
  assert.deepEqual(await wait([a, b, c], { timeout: 0 }), []);
  assert.deepEqual(await wait([a, b, c], { timeout: 20 }), []);
  await sendC.send(1);
  await sendA.send(1);
  assert.deepEqual(await wait([c, b, a]), [c, a]);
  assert.deepEqual(await wait([a, b, c]), [a, c]);
  assert.equal(await a.recv(), 1);
  assert.deepEqual(await wait([a, b, c]), [c]);
  for (const end of [a, b, c, sendA, sendB, sendC]) end.close();
});

test("wait() with a negative timeout does not wait [test_neg_timeout]", DEADLOCK, async () => {
  const [a, sendA] = Pipe(false);
  assert.deepEqual(await wait([a], { timeout: -1 }), []);
  a.close();
  sendA.close();
});

test("wait() wakes when a message comes, when an end is closed, and when a client comes", DEADLOCK, async () => {
  const [a, sendA] = Pipe(false);
  const [b, sendB] = Pipe(false);
  const listener = new Listener();
  const all = [a, b, listener];
  const first = wait(all);
  await sendB.send("hello");
  assert.deepEqual(await first, [b]);
  await b.recv();
  const second = wait(all);
  sendA.close();
  assert.deepEqual(await second, [a]);
  await assert.rejects(a.recv(), EOFError);
  const third = wait([b, listener]);
  const client = await Client(listener.address);
  assert.deepEqual(await third, [listener]);
  assert.deepEqual(await wait([b, listener], { timeout: 0 }), [listener]);
  (await listener.accept()).close();
  assert.deepEqual(await wait([client, b]), [client]);
  for (const end of [a, b, sendB, client]) end.close();
  await listener.close();
});

test("wait() leaves the messages to those who receive, and goes on when they were faster", DEADLOCK, async () => {
  const [a, sendA] = Pipe(false);
  const received = a.recv();
  const waiting = wait([a], { timeout: 100 });
  await sendA.send(1);
  assert.equal(await received, 1);
  assert.deepEqual(await waiting, []);
  a.close();
  sendA.close();
});

test("wait() tells of the end of a sentinel for ever, mixed with Connections [test_wait_integer]", DEADLOCK, async () => {
  let end!: (code: number) => void;
  const sentinel = { ended: new Promise<number>((resolve) => end = resolve) };
  const [a, sendA] = Pipe(false);
  assert.deepEqual(await wait([a, sentinel], { timeout: 10 }), []);
  const waiting = wait([a, sentinel]);
  end(0);
  assert.deepEqual(await waiting, [sentinel]);
  await sendA.send(1);
  assert.deepEqual(await wait([sentinel, a]), [sentinel, a]);
  assert.deepEqual(await wait([sentinel, a], { timeout: 0 }), [sentinel, a]);
  a.close();
  sendA.close();
});

test("wait() attaches one watcher to the end of a process, however often that is waited for", DEADLOCK, async () => {
  const ended = new Promise<number>(() => {});
  let attached = 0;
  const then: typeof ended.then = (...handlers) => (attached++, Promise.prototype.then.apply(ended, handlers as []) as never);
  const sentinel = { ended: Object.defineProperty(ended, "then", { value: then }) };
  const [a, sendA] = Pipe(false);
  for (let i = 0; i < 5; i++) {
    assert.deepEqual(await wait([a, sentinel], { timeout: 1 }), []);
    await sendA.send(i);
    assert.deepEqual(await wait([sentinel, a]), [a]);
    await a.recv();
  }
  assert.equal(attached, 1);
  a.close();
  sendA.close();
});

test("wait() refuses what cannot be waited for", DEADLOCK, async () => {
  const [a, sendA] = Pipe(false);
  await assert.rejects(wait([a, a]), RangeError);
  await assert.rejects(wait([sendA]), /write-only/);
  await assert.rejects(wait([7 as never]), TypeError);
  for (const none of [undefined, 7, {}]) await assert.rejects(wait(none as never), /it takes an array or another iterable/);
  await assert.rejects(wait([a], { timeout: NaN }), TypeError);
  await assert.rejects(wait([]), RangeError);
  assert.deepEqual(await wait([], { timeout: 10 }), []);
  const reason = new Error("enough");
  await assert.rejects(wait([a], { signal: AbortSignal.abort(reason) }), reason);
  const later = new AbortController();
  const waiting = wait([a], { signal: later.signal });
  later.abort(reason);
  await assert.rejects(waiting, reason);
  const closing = wait([a]);
  a.close();
  await assert.rejects(closing, ClosedError);
  await assert.rejects(wait([a]), ClosedError);
  sendA.close();
});
