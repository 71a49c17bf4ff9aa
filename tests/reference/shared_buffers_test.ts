/** Shared memory between the threads of one process, through every channel. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { brokerCounts } from "../../src/reference/buffer_desk.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { moduleSuffix, runProgram } from "../support/run_program.ts";
import { until } from "../support/until.ts";
import * as units from "./fixtures/shared_buffers.ts";

const LIMIT = { timeout: 60_000 };
const threads = mp.getContext("thread");
const processes = mp.getContext("spawn");

const numbers = (first = 0) => {
  const made = new Int32Array(new SharedArrayBuffer(8));
  made[0] = first;
  return made;
};

async function withPool(pool: mp.Pool, run: (pool: mp.Pool) => Promise<void>): Promise<void> {
  try {
    await run(pool);
  } finally {
    await pool.terminate();
  }
}

async function ran(process: mp.Process): Promise<void> {
  assert.equal(await process.join(), 0);
}

test("memory in the arguments of a thread is the same memory there, both ways", LIMIT, async () => {
  const shared = numbers();
  const thread = new threads.Process({ target: units.doubleWhenSet, args: [shared] });
  await thread.start();
  units.add(shared, 21);
  await ran(thread);
  assert.equal(Atomics.load(shared, 0), 42);
});

test("a pool's arguments, results and reports share memory", LIMIT, async () => {
  await withPool(new threads.Pool(2), async (pool) => {
    const shared = numbers(5);
    const [back, isOne] = await pool.apply(units.both, [shared, new Uint8Array(shared.buffer)]);
    assert.equal(back.buffer, shared.buffer);
    assert.equal(isOne, true);
    await pool.starmap(units.add, [[shared, 1], [shared, 2], [shared, 3]]);
    assert.equal(shared[0], 11);
    const reports: unknown[] = [];
    const options = { onReport: (value: unknown) => void reports.push((value as Int32Array).buffer === shared.buffer) };
    assert.equal((await pool.apply(units.reported, [shared], options)).buffer, shared.buffer);
    assert.deepEqual(reports, [true]);
    const results = await pool.map(units.filled, [1, 2]);
    await pool.starmap(units.add, results.map((result) => [result, 10] as const));
    assert.deepEqual(results.map((result) => result[0]), [11, 12]);
    const drawn: number[] = [];
    for await (const result of pool.imap(units.filled, [3, 4])) drawn.push(result[1]!);
    assert.deepEqual(drawn, [3, 4]);
  });
});

test("memory of a task that is run again, and of an initializer, stays for the next worker", LIMIT, async () => {
  const kept = numbers();
  await withPool(new threads.Pool({ processes: 1, maxTasksPerChild: 1, initializer: units.keep, initargs: [kept] }), async (own) => {
    await own.map(units.addToKept, [1, 2, 3], { chunksize: 1 });
    assert.equal(kept[0], 6);
    assert.equal(await own.apply(units.addAtSecondTry, [numbers()], { retries: 1 }), 2);
  });
});

test("siblings share memory through a queue, also when the sender has ended before anybody receives", LIMIT, async () => {
  await withPool(new threads.Pool(1), async (pool) => {
    const queue = new threads.Queue<Int32Array>();
    const sender = new threads.Process({ target: units.putAndEnd, args: [queue] });
    await sender.start();
    await ran(sender);
    const shared = await queue.get();
    assert.deepEqual([...shared], [7, 7]);
    await pool.apply(units.add, [shared, 1]);
    assert.equal(shared[0], 8);
  });
});

test("what a stopped thread has sent is there", LIMIT, async () => {
  const [near, far] = threads.Pipe();
  const thread = new threads.Process({ target: units.sendAndWait, args: [far] });
  await thread.start();
  await near.poll(Infinity);
  thread.terminate();
  assert.equal(await thread.join(), -15);
  assert.equal((await near.recv() as Int32Array)[0], 9);
  near.close();
});

test("a buffer that a unit has arrives there as the same object, in every message", LIMIT, async () => {
  const [near, far] = threads.Pipe();
  const thread = new threads.Process({ target: units.compare, args: [far] });
  await thread.start();
  const { buffer } = numbers();
  for (const [sent, isOne] of [[buffer, true], [buffer, true], [numbers().buffer, false], [buffer, true]] as const) {
    await near.send(sent);
    assert.equal(await near.recv(), isOne);
  }
  near.close();
  await ran(thread);
});

test("a thread of a thread shares memory with both", LIMIT, async () => {
  const shared = numbers();
  const [near, far] = threads.Pipe();
  const thread = new threads.Process({ target: units.throughNested, args: [shared, far] });
  await thread.start();
  assert.deepEqual([...await near.recv() as Int32Array], [11, 11]);
  await ran(thread);
  assert.equal(shared[0], 11);
  near.close();
});

test("a growable buffer grows everywhere", {
  ...LIMIT,
  skip: !("grow" in SharedArrayBuffer.prototype) && "this runtime has no growable shared memory",
}, async () => {
  type Growable = SharedArrayBuffer & { grow(length: number): void; readonly maxByteLength: number };
  const Growing = SharedArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => Growable;
  await withPool(new threads.Pool(1), async (pool) => {
    const buffer = new Growing(8, { maxByteLength: 64 });
    const view = new Uint8Array(buffer);
    assert.equal(await pool.apply(units.grow, [buffer, 32]), 32);
    assert.deepEqual([buffer.byteLength, view.length], [32, 32]);
  });
});

test("a process is refused it: where the sender knows, there, else at the receiver", LIMIT, async () => {
  const rule = /shared memory travels only between threads of one process/;
  await assert.rejects(new processes.Process({ target: units.add, args: [numbers(), 1] }).start(), (error: Error) => {
    assert.equal(error.name, "SerializationError");
    assert.match(error.message, /^Cannot send process\.args\[0\]\.buffer: /);
    assert.match(error.message, rule);
    return true;
  });
  await withPool(new processes.Pool(1), async (workers) => {
    await assert.rejects(workers.apply(units.add, [numbers(), 1]), rule);
    await assert.rejects(workers.apply(units.filled, [1]), rule);
    await assert.rejects(workers.map(units.filled, [1]), rule);
    const [near, far] = processes.Pipe();
    const child = new processes.Process({ target: units.receive, args: [far] });
    await child.start();
    await near.send(numbers());
    const told = await near.recv() as string;
    assert.match(
      told,
      /^SerializationError: Cannot receive a SharedArrayBuffer: shared memory travels only .*, received one of the process \d+\n/,
    );
    assert.equal(await child.join(), 0);
    near.close();
  });
});

test("the threads of a child process share memory among them", LIMIT, async () => {
  await withPool(new processes.Pool(1), async (workers) => {
    assert.equal(await workers.apply(units.shareInside), 3);
  });
});

test("a stored value of a manager keeps its memory for every reader", LIMIT, async () => {
  const manager = await threads.Manager();
  const list = await manager.list<Int32Array>([]);
  await list.append(numbers(4));
  const first = await list.get(0);
  first[0] = 5;
  assert.equal((await list.get(0))[0], 5);
  await manager.shutdown();
});

test("a buffer is not kept for a thread that has ended", LIMIT, async () => {
  const before = brokerCounts().kept;
  const [near, far] = threads.Pipe();
  const thread = new threads.Process({ target: units.compare, args: [far] });
  await thread.start();
  const shared = numbers();
  await near.send(shared.buffer);
  assert.equal(await near.recv(), true);
  assert.equal(brokerCounts().kept, before + 1);
  near.close();
  await ran(thread);
  await until(() => brokerCounts().kept === before);
  assert.equal(shared[0], 0);
});

test("buffers that were sent and then forgotten over there are let go", LIMIT, async () => {
  await withPool(new threads.Pool(1), async (pool) => {
    await pool.map(units.hold, Array.from({ length: 50 }, numbers));
    // Those of the tests before may go at any time.
    assert.ok(brokerCounts().kept >= 50);
    await pool.apply(units.forget);
    // One collection may leave some.
    while (brokerCounts().kept > 25) await pool.apply(units.litter);
  });
});

test("a message that cannot leave keeps no buffer", LIMIT, async () => {
  const before = brokerCounts().kept;
  const queue = new threads.Queue();
  await assert.rejects(Promise.resolve(queue.put([numbers(), Symbol("no")])), /a symbol cannot travel/);
  assert.equal(brokerCounts().kept, before);
});

test("programs that share memory between threads end by themselves", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(new URL(`./fixtures/shared_buffers_program${moduleSuffix}`, import.meta.url));
  assert.deepEqual([stdout, stderr, code], ["shared 42\n", "", 0]);
});

leavesNothingBehind(() => mp.activeChildren().map(String));
