/** Faults of a Pool's workers. */
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import { Bomb } from "./fixtures/bomb.ts";
import * as tasks from "./fixtures/tasks.ts";
import { type Fault, outside, type Stage, thrown } from "./support/battery.ts";

/** The pool has its workers again and works on. */
async function checkWorks(pool: mp.Pool): Promise<void> {
  assert.deepEqual(await pool.map(tasks.square, [1, 2, 3, 4], { chunksize: 1 }), [1, 4, 9, 16]);
}

/** The task in hand is lost, and no other. */
function losing(submit: (fault: Fault, pool: mp.Pool) => mp.AsyncResult<unknown>): Stage["run"] {
  return async (fault) => {
    const pool = fault.pool(1);
    const before = pool.mapAsync(tasks.square, [1, 2, 3]);
    const doomed = submit(fault, pool);
    const after = pool.mapAsync(tasks.square, [4, 5, 6]);
    await fault.strikeWorker();
    await fault.expectLost(doomed);
    assert.deepEqual([await before, await after], [[1, 4, 9], [16, 25, 36]]);
    await checkWorks(pool);
  };
}

const inTask = losing((fault, pool) => pool.applyAsync(tasks.inTask, [fault.doom]));
const inResult = losing((fault, pool) => pool.applyAsync(tasks.inResult, [fault.doom]));
const inArguments = losing((fault, pool) => pool.applyAsync(tasks.withBomb, [new Bomb(fault.doom, "decoded")]));

async function inImap(fault: Fault): Promise<void> {
  const pool = fault.pool(2);
  const items = Array.from({ length: 20 }, (_, i) => i);
  const it = pool.imap(tasks.atSeven, items.map((item) => [fault.doom, item] as const), { chunksize: 5 });
  const struck = fault.strikeWorker();
  for (const item of items) {
    if (item === 7) await fault.expectLost(it.next());
    else assert.deepEqual(await it.next(), { done: false, value: item });
  }
  assert.equal((await it.next()).done, true);
  await struck;
}

/** The result is there as a whole, or it is lost. */
async function largeResult(fault: Fault): Promise<void> {
  const size = 32 << 20;
  const pool = fault.pool(1);
  const result = pool.applyAsync(tasks.largeResult, [fault.doom, size]);
  await fault.strikeWorker();
  const outcome = await result.get().catch((error: unknown) => error);
  if (outcome instanceof Uint8Array) assert.deepEqual([outcome.length, outcome[0], outcome.at(-1)], [size, 7, 7]);
  else assert.ok(outcome instanceof mp.WorkerDiedError, String(outcome));
  await checkWorks(pool);
}

/** A first worker that dies is replaced. */
async function onceInInitializer(fault: Fault): Promise<void> {
  const pool = fault.pool(1, { initializer: tasks.onceInInitializer, initargs: [fault.doom] });
  await fault.strikeWorker();
  await checkWorks(pool);
  fault.note();
}

/** Workers that die one after the other break the pool. */
async function alwaysInInitializer(fault: Fault): Promise<void> {
  const pool = fault.pool(1, { initializer: tasks.inTask, initargs: [fault.doom] });
  const [first, second] = [pool.applyAsync(tasks.square, [1]), pool.mapAsync(tasks.square, [1, 2])];
  await fault.expectLost(first);
  await fault.expectLost(second);
  await fault.expectLost(pool.apply(tasks.square, [2]));
  pool.close();
  await pool.join();
  assert.equal(pool.statistics().workers, 0);
}

async function idle(fault: Fault): Promise<void> {
  const pool = fault.pool(1);
  await pool.apply(tasks.tellWhere, [fault.doom]);
  await fault.strikeWorker();
  // The first task may meet the worker before the pool has heard of its end.
  await pool.apply(tasks.square, [1]).catch((error: unknown) => assert.ok(error instanceof mp.WorkerDiedError, String(error)));
  await checkWorks(pool);
}

async function closed(fault: Fault): Promise<void> {
  const pool = fault.pool(1);
  const doomed = pool.applyAsync(tasks.inTask, [fault.doom]);
  const others = pool.mapAsync(tasks.square, Array.from({ length: 50 }, (_, i) => i), { chunksize: 1 });
  pool.close();
  const joined = pool.join();
  await fault.strikeWorker();
  await fault.expectLost(doomed);
  assert.equal((await others).length, 50);
  await joined;
  assert.equal(pool.statistics().workers, 0);
}

/** Whichever is faster, the task is lost and all workers are gone. */
async function terminated(fault: Fault): Promise<void> {
  const pool = fault.pool(2);
  const doomed = pool.applyAsync(tasks.inTask, [fault.doom]);
  const other = pool.applyAsync(tasks.largeResult, [{ ...fault.doom, mark: fault.path() }, 1 << 20]);
  const struck = fault.strikeWorkerThatEnds();
  await fault.arrived();
  const ended = [pool.terminate(), pool.terminate(), pool.join()];
  await struck;
  await assert.rejects(doomed.get(), mp.ProcessError);
  await other.get().catch((error: unknown) => assert.ok(error instanceof mp.ProcessError, String(error)));
  await Promise.all(ended);
  assert.equal(pool.statistics().workers, 0);
  fault.note();
}

async function nested(fault: Fault): Promise<void> {
  const pool = fault.pool(1);
  assert.deepEqual(await pool.apply(tasks.inNestedPool, [fault.doom]), ["WorkerDiedError", 9]);
  fault.note();
}

export const pools: readonly Stage[] = [
  { name: "in a task: that one is lost", thorough: ["spawn", "thread"], run: inTask },
  { name: "while it encodes a result: that task is lost [4.3 #3]", thorough: ["spawn"], not: thrown, run: inResult },
  { name: "while it decodes arguments: that task is lost", not: thrown, run: inArguments },
  { name: "with a large result under way", only: outside, run: largeResult },
  { name: "at an item of imap(): that item is lost", run: inImap },
  { name: "in an initializer, once: it is replaced", run: onceInInitializer },
  { name: "in an initializer, always: the pool is broken", not: outside, run: alwaysInInitializer },
  { name: "as an idle worker: it is replaced", only: outside, run: idle },
  { name: "in a task of a pool that is closed and joined: the rest is finished", run: closed },
  { name: "in a task of a pool that is terminated", run: terminated },
  { name: "in a pool of a worker", not: outside, run: nested },
];
