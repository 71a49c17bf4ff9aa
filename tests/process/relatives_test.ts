/** Children of children, and what they share. Rows: python-behaviour.md 2.1, 2.4, 2.5. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { once } from "../support/once.ts";
import * as targets from "./fixtures/relatives.ts";

const LIMIT = { timeout: 60_000 };

async function run<A extends unknown[]>(target: (...args: A) => unknown, args: A, options: { daemon?: boolean } = {}): Promise<void> {
  const child = new mp.Process({ target, args: args as never, ...options });
  await child.start();
  assert.equal(await child.join(), 0);
}

/** What one child told of itself, which then left threads behind; read after its end. */
const told = once(async () => {
  const through = new mp.Queue<unknown>();
  await run(targets.tellAllAndLeaveThreads, [through]);
  return { daemons: await through.getNowait(), input: await through.getNowait(), left: await through.getNowait() };
});

test("Process.daemon is that of the creator unless it is given [test_daemon_argument]", LIMIT, async () => {
  const through = new mp.Queue<boolean[]>();
  await run(targets.tellDaemons, [through], { daemon: true });
  assert.deepEqual([(await told()).daemons, await through.get()], [[false, false, false], [true, true, false]]);
});

test("children may start children and join them, depth first [test_recursion]", LIMIT, async () => {
  const through = new mp.Queue<string>();
  await targets.numberTree(through, "r", 2);
  const names: string[] = [];
  while (!await through.empty()) names.push(await through.get());
  assert.deepEqual(names, ["r", "r0", "r00", "r1", "r10"]);
});

test("a child sees that its parent lives, waits for its end, and goes on [test_parent_process]", LIMIT, async () => {
  const [told, end] = [new mp.Queue<unknown>(), new mp.Event()];
  const parent = new mp.Process({ target: targets.parentOfWatcher, args: [told, end] });
  await parent.start();
  assert.deepEqual(await told.get(), [true, null]);
  await end.set();
  parent.kill();
  assert.deepEqual(await told.get(), [false, null]);
  await parent.join();
});

test("a child that ends takes its daemon along before it is joined [2.1 daemon of a child, 2.1 exit order]", LIMIT, async () => {
  const through = new mp.Queue<number>();
  await run(targets.leaveDaemon, [through]);
  const pid = await through.get();
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("a child waits at its end for its threads, not for its daemon threads [test_wait_for_threads, 2.1 exit order]", LIMIT, async () => {
  assert.equal((await told()).left, "finished");
});

test("a child's standard input is at its end [TestStdinBadfiledescriptor]", LIMIT, async () => {
  assert.equal((await told()).input, "");
});

test("parent and child may both put into a queue: each keeps its order [test_fork, test_qsize]", LIMIT, async () => {
  const queue = new mp.Queue<number>();
  await targets.putRange(queue, 0, 10);
  assert.equal(await queue.qsize(), 10);
  await run(targets.putRange, [queue, 10, 20]);
  assert.equal(await queue.qsize(), 20);
  for (let i = 0; i < 20; i++) assert.equal(await queue.get({ timeout: 0 }), i);
  await assert.rejects(queue.getNowait(), mp.Empty);
});

test("many units lose nothing and get nothing twice [test_many_threads, test_shutdown_all_methods_in_many_threads]", LIMIT, async () => {
  const { Process } = mp.getContext("thread");
  const [from, to] = [new mp.Queue<number>(7), new mp.SimpleQueue<number>()];
  const movers = [0, 1].map(() => new Process({ target: targets.move, args: [from, to] }));
  const putters = [0, 1].map((i) => new Process({ target: targets.putRange, args: [from, i * 200, (i + 1) * 200] }));
  await Promise.all([...movers, ...putters].map((unit) => unit.start()));
  for (const putter of putters) assert.equal(await putter.join(), 0);
  await from.shutdown();
  for (const mover of movers) assert.equal(await mover.join(), 0);
  const items: number[] = [];
  while (!await to.empty()) items.push(await to.get());
  assert.deepEqual(items.sort((a, b) => a - b), Array.from({ length: 400 }, (_, i) => i));
});

test("Queue.shutdown(): a normal one may become immediate, and none is taken back [test_shutdown_allowed_transitions]", LIMIT, async () => {
  const queue = new mp.JoinableQueue<number>();
  await queue.put(1);
  await queue.put(2);
  await queue.shutdown();
  await queue.shutdown();
  assert.equal(await queue.get(), 1);
  await queue.shutdown(true);
  await queue.shutdown();
  await assert.rejects(queue.get(), mp.ShutDown);
  await assert.rejects(queue.put(3), mp.ShutDown);
});

test(
  "a queue that was shut down at once releases joiners, and counts nothing more [test_shutdown_all_methods_in_one_thread]",
  LIMIT,
  async () => {
    const queue = new mp.JoinableQueue<number>();
    await queue.put(1);
    const joined = queue.join();
    await queue.shutdown(true);
    await joined;
    await assert.rejects(queue.getNowait(), mp.ShutDown);
    await assert.rejects(queue.taskDone(), RangeError);
  },
);

test("a child that put 10 MB which nobody got can be joined [2.4 classic deadlock, 4.3 #6]", LIMIT, async () => {
  const queue = new mp.Queue<Uint8Array>();
  await run(putLarge(), [queue, 10 << 20]);
  assert.equal((await queue.get()).length, 10 << 20);
});

function putLarge(): (queue: mp.Queue<Uint8Array>, size: number) => unknown {
  return (queue, size) => queue.put(new Uint8Array(size));
}

leavesNothingBehind(() => mp.activeChildren().map(String));
