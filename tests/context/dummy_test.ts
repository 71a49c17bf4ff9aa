/** `/dummy`: the main module on threads. Rows: python-behaviour.md 1.15 and, for what Python's own tests run on dummy too, 2.10. */
import { test } from "node:test";
import assert from "node:assert/strict";
import process from "node:process";
import * as main from "@fenshen/multiprocessing";
import * as mp from "@fenshen/multiprocessing/dummy";
import { leavesNothingBehind } from "../support/leftovers.ts";
import * as tasks from "./fixtures/tasks.ts";

const LIMIT = { timeout: 60_000 };
const own = ["Array", "Manager", "Pool", "Process", "RawArray", "RawValue", "Value", "getContext", "getStartMethod", "setStartMethod"];

test("dummy exports what the main module exports, and the same but for what depends on the start method", () => {
  assert.deepEqual(Object.keys(mp).sort(), Object.keys(main).sort());
  const different = Object.keys(mp).filter((name) => mp[name as keyof typeof mp] !== main[name as keyof typeof main]);
  assert.deepEqual(different.sort(), own);
  assert.equal(mp.Pool as unknown, main.ThreadPool);
  const context = main.getContext("thread");
  for (const name of ["Value", "Array", "RawValue", "RawArray"] as const) assert.equal(context[name], mp[name]);
});

test("a Value of dummy, or of the thread context, is one of the main module, and the other way round", () => {
  class Own extends mp.Value {}
  for (const value of [new mp.Value("i"), new main.Value("i"), new Own("i")]) {
    assert.ok(value instanceof mp.Value && value instanceof main.Value);
  }
  assert.equal(new mp.Value("i") instanceof Own, false);
  assert.ok(new main.Array("i", 1) instanceof mp.Array && new mp.Array("i", 1) instanceof main.Array);
  assert.throws(() => new mp.Value("i", 0, 5 as unknown as undefined), /options must be an object/);
  assert.equal(new mp.Array("i", 2, null as unknown as undefined).length, 2);
});

test("Process of dummy is a thread of this process, as is the default of what it starts", LIMIT, async () => {
  const queue = new mp.Queue<unknown>();
  const p = new mp.Process({ target: tasks.tellWhoIAm, args: [queue] });
  assert.match(p.name, /^Process-\d+$/);
  await p.start();
  assert.deepEqual(await queue.get(), { pid: process.pid, method: "thread", name: p.name });
  assert.equal(await p.join(), 0);
  assert.equal(p.pid, process.pid);
  const failing = new mp.Process({ target: tasks.fail });
  await failing.start();
  assert.equal(await failing.join(), 3);
});

test("Pool of dummy runs tasks on threads", LIMIT, async () => {
  const pool = new mp.Pool(2);
  assert.deepEqual(await pool.map(tasks.square, [1, 2, 3]), [1, 4, 9]);
  assert.deepEqual(await pool.apply(tasks.whoAmI), { pid: process.pid, method: "thread" });
  pool.close();
  await pool.join();
});

test("Manager of dummy is a thread of this process", LIMIT, async () => {
  const manager = await mp.Manager();
  assert.equal(mp.activeChildren().find((child) => child.name.startsWith("SyncManager"))!.pid, process.pid);
  assert.deepEqual(await (await manager.list([1])).toArray(), [1]);
  await manager.shutdown();
});

test("getContext() of dummy answers the thread context, other contexts by their name", () => {
  assert.equal(mp.getContext().getStartMethod(), "thread");
  assert.equal(mp.getContext("spawn").getStartMethod(), "spawn");
  assert.equal(mp.getStartMethod(), "thread");
  assert.throws(() => mp.getContext("fork" as "spawn"), RangeError);
});

test("the start method of dummy cannot be set, and the program's stays as it is", () => {
  assert.throws(() => mp.setStartMethod("thread"), RangeError);
  assert.equal(main.getStartMethod({ allowNone: true }), null);
});

test("locks of dummy: a second acquire finds it taken, a release too many is refused [test_lock, test_rlock]", async () => {
  for (const lock of [new mp.Lock(), new mp.Semaphore(1), new mp.BoundedSemaphore(1)]) {
    assert.equal(await lock.acquire(), true);
    assert.equal(await lock.acquire({ block: false }), false);
    assert.equal(await lock.release(), undefined);
    if (!(lock instanceof mp.Semaphore) || lock instanceof mp.BoundedSemaphore) await assert.rejects(lock.release(), RangeError);
  }
  const lock = new mp.RLock();
  for (let i = 0; i < 3; i++) assert.equal(await lock.acquire(), true);
  for (let i = 0; i < 3; i++) await lock.release();
  await assert.rejects(lock.release());
});

leavesNothingBehind(() => mp.activeChildren().map(String));
