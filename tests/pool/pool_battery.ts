/** What holds for a Pool of every start method. Rows: python-behaviour.md 2.3, 2.16, 4.1, 4.3. */
import { test } from "node:test";
import assert from "node:assert/strict";
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { openHere } from "../support/open_files.ts";
import { Pools } from "../support/pools.ts";
import * as tasks from "./fixtures/tasks.ts";
import { Marks } from "./support/marks.ts";

export function poolBattery(method: mp.StartMethod): void {
  const ctx = mp.getContext(method);
  const workerName = `${{ spawn: "Spawn", forkserver: "ForkServer", thread: "Thread" }[method]}PoolWorker`;
  const shared = new Pools(ctx);
  const claim = (text: string, run: (marks: Marks, own: (pool: mp.Pool) => mp.Pool) => Promise<void>) =>
    test(`Pool (${method}) ${text}`, { timeout: 60_000 }, async () => {
      const marks = new Marks();
      const pools: mp.Pool[] = [];
      try {
        await run(marks, (pool) => (pools.push(pool), pool));
      } finally {
        // What `await using` does, which Node 20 cannot read.
        for (const pool of pools) await pool[Symbol.asyncDispose]();
        marks.remove();
      }
    });
  /** A test that leaves its pool whole. */
  const claimOf = (size: number, text: string, run: (pool: mp.Pool, marks: Marks) => Promise<void>) =>
    claim(text, (marks) => shared.use(size, (pool) => run(pool, marks)));

  claim("runs its tasks in named daemons, and is terminated at the end of its scope [test_context]", async () => {
    const pool = new ctx.Pool(2);
    const facts = await pool.apply(tasks.workerFacts);
    assert.match(facts.name, new RegExp(`^${workerName}-\\d+$`));
    assert.equal(facts.pid === process.pid, method === "thread");
    assert.deepEqual([facts.daemon, facts.main, pool.size], [true, false, 2]);
    assert.deepEqual(await pool.map(tasks.square, [1, 2, 3]), [1, 4, 9]);
    assert.equal(mp.activeChildren().filter((p) => p.name.startsWith(workerName)).length, 2);
    await pool[Symbol.asyncDispose]();
    await pool.join();
    assert.equal(pool.statistics().workers, 0);
    assert.equal(mp.activeChildren().length, 0);
    await assert.rejects(pool.mapAsync(tasks.square, [1]).get(), /was terminated/);
  });

  claim("finishes what it has after close(), then its workers end with code 0", async () => {
    const pool = new ctx.Pool(1);
    const results = pool.mapAsync(tasks.squareLater, Array.from({ length: 50 }, (_, i) => i), { chunksize: 1 });
    pool.close();
    await pool.join();
    assert.equal((await results).length, 50);
    assert.equal(mp.activeChildren().length, 0);
  });

  claim("runs the initializer once in each worker [test_pool_initializer]", async (_marks, own) => {
    const initargs = new Set([1, { a: 2n }]);
    const pool = own(new ctx.Pool({ processes: 1, initializer: tasks.initializeLater, initargs }));
    assert.deepEqual(await pool.apply(tasks.whatWasSetUp), [1, { a: 2n }]);
    assert.deepEqual(await pool.apply(tasks.whatWasSetUp), [1, { a: 2n }]);
  });

  claim("is broken by a failing initializer, and starts no more workers [2.16 #2, 4.3 #4]", async (marks) => {
    const pool = new ctx.Pool({ processes: 1, initializer: tasks.failingInitializer, initargs: [marks.path("log")] });
    for (
      const submit of [() => pool.apply(tasks.square, [1]), () => pool.map(tasks.square, [1, 2]), () => pool.imap(tasks.square, [1]).next()]
    ) {
      await assert.rejects(submit(), (e: Error) => e instanceof RangeError && e.message === "from the initializer");
    }
    pool.close();
    await pool.join();
    assert.equal(marks.lines("log").length, 1);
  });

  claim("is broken by workers that die in the initializer, after a few [4.1 #15]", async (marks) => {
    const pool = new ctx.Pool({ processes: 1, initializer: tasks.dyingInitializer, initargs: [marks.path("log")] });
    await assert.rejects(pool.apply(tasks.square, [1]), (e: mp.WorkerDiedError) => e instanceof mp.WorkerDiedError && e.exitcode === 3);
    await pool.terminate();
    assert.equal(marks.lines("log").length, 3);
  });

  claim("can be made and ended again and again [4.3 #13]", async () => {
    const rounds = 10;
    const before = openHere();
    for (let i = 0; i < rounds; i++) {
      const pool = new ctx.Pool(1);
      if (i % 2 === 0) assert.equal(await pool.apply(tasks.square, [i]), i * i);
      await pool.terminate();
      assert.equal(mp.activeChildren().length, 0);
    }
    // Warm children come and go, and a thread's files are closed after its end: a leak would stay.
    while (openHere() - before >= rounds) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  claim("replaces workers after maxTasksPerChild tasks, and loses none [test_pool_worker_lifetime]", async () => {
    const pool = new ctx.Pool({ processes: 1, maxTasksPerChild: 3 });
    const names = await pool.map(tasks.whoAmI, Array.from({ length: 5 }), { chunksize: 1 });
    assert.ok(new Set(names).size >= 2, String(new Set(names).size));
    for (const name of new Set(names)) assert.ok(names.filter((n) => n === name).length <= 3);
    pool.close();
    await pool.join();
  });

  claim("can be terminated while it starts", async () => {
    const pool = new ctx.Pool(2);
    const result = pool.applyAsync(tasks.square, [2]);
    await pool.terminate();
    await assert.rejects(result.get(), /terminated/);
    assert.equal(mp.activeChildren().length, 0);
  });

  claim("is broken by a start that fails, with its error [TestPoolNotLeakOnFailure]", async () => {
    const broken = mp.getContext(method, method === "thread" ? { cwd: "/" } : { execPath: "/nowhere/at/all" });
    const pool = new broken.Pool(2);
    const first = await pool.apply(tasks.square, [1]).catch((e: unknown) => e);
    assert.ok(first instanceof Error, String(first));
    assert.equal(await pool.map(tasks.square, [1]).catch((e: unknown) => e), first);
    await pool.terminate();
    assert.equal(mp.activeChildren().length, 0);
  });

  // Those of a pool of two, which the last one ends.
  if (method !== "thread") {
    claimOf(
      2,
      "loses one task to a worker that is killed in the middle of traffic [2.3 SIGKILL while the worker holds the lock]",
      async (pool) => {
        const { pid } = await pool.apply(tasks.workerFacts);
        const results = Array.from({ length: 400 }, (_, i) => pool.applyAsync(tasks.bytes, [i * 10]).get());
        await results[50];
        process.kill(pid, "SIGKILL");
        const lost = (await Promise.allSettled(results)).filter((r) => r.status === "rejected");
        assert.ok(lost.length <= 1, `${lost.length} lost`);
        for (const { reason } of lost) assert.ok(reason instanceof mp.WorkerDiedError);
      },
    );
  }

  claim("ends in terminate() whatever its workers do [test_terminate, 4.3 #11]", async (marks, own) => {
    const pool = own(shared.take(2));
    const spinning = pool.applyAsync(tasks.spin, [marks.path("a")]);
    const waiting = pool.applyAsync(tasks.forever, [marks.path("b")]);
    const queued = pool.mapAsync(tasks.square, Array.from({ length: 10_000 }, (_, i) => i), { chunksize: 1 });
    await Promise.all([marks.until("a"), marks.until("b")]);
    const ended = pool.terminate();
    for (const result of [spinning, waiting, queued] as mp.AsyncResult<unknown>[]) await assert.rejects(result.get(), /terminated/);
    await ended;
    await pool.join();
    assert.equal(mp.activeChildren().length, 0);
  });

  // Those of a pool of one, which the one with the large result ends.
  const deaths: [string, (...args: never[]) => unknown, unknown[], number, string | null][] = [
    ["process.exit()", tasks.exitWith, [7], 7, null],
    ["SystemExit", tasks.systemExit, [5], 5, null],
    ["a stray uncaught error", tasks.strayError, [], 1, null],
    ["process.exit() while its result is encoded", tasks.exitInEncoding, [], 6, null],
  ];
  if (method !== "thread") deaths.push(["SIGKILL", tasks.killMyself, [], -9, "SIGKILL"]);
  for (const [how, fn, args, exitcode, signal] of deaths) {
    claimOf(1, `rejects exactly the task whose worker ended by ${how} [2.16 #1, 2.3 SystemExit in a task, 4.3 #1, #3]`, async (pool) => {
      const before = Array.from({ length: 5 }, (_, i) => pool.applyAsync(tasks.squareLater, [i]));
      const doomed = pool.applyAsync(fn as (...args: unknown[]) => unknown, args);
      const after = pool.mapAsync(tasks.squareLater, Array.from({ length: 20 }, (_, i) => i), { chunksize: 1 });
      await assert.rejects(doomed.get(), (e: mp.WorkerDiedError) => {
        assert.ok(e instanceof mp.WorkerDiedError, String(e));
        assert.deepEqual([e.exitcode, e.signal, e.task], [exitcode, signal, fn.name]);
        return true;
      });
      assert.equal((await Promise.all(before)).length, 5);
      assert.equal((await after).length, 20);
    });
  }

  // A thread has no pid of its own to be killed by.
  if (method !== "thread") {
    claimOf(1, "replaces a worker that is killed from outside, busy or idle [4.3 #1]", async (pool, marks) => {
      const busy = pool.applyAsync(tasks.spin, [marks.path("pid")]);
      const queued = pool.applyAsync(tasks.square, [4]);
      const [pid] = await marks.until("pid");
      process.kill(Number(pid), "SIGKILL");
      await assert.rejects(busy.get(), mp.WorkerDiedError);
      assert.equal(await queued, 16);
      const idle = await pool.apply(tasks.workerFacts);
      process.kill(idle.pid, "SIGKILL");
      // Either the next task meets the dead worker, or its replacement.
      const next = await pool.apply(tasks.workerFacts).catch((e: Error) => assert.ok(e instanceof mp.WorkerDiedError));
      if (next) assert.notEqual(next.pid, idle.pid);
      assert.equal(await pool.apply(tasks.square, [5]), 25);
    });
  }

  claimOf(1, "loses one item of a chunk to a worker that ends in it", async (pool) => {
    const it = pool.imap(tasks.exitAt7, Array.from({ length: 12 }, (_, i) => i), { chunksize: 12 });
    const seen: unknown[] = [];
    for (;;) {
      const step = await it.next().catch((e: Error) => ({ done: false, value: e.name }));
      if (step.done) break;
      seen.push(step.value);
    }
    assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, "WorkerDiedError", 8, 9, 10, 11]);
    await assert.rejects(pool.map(tasks.exitAt7, [6, 7, 8]), mp.WorkerDiedError);
  });

  claimOf(
    1,
    "rebuilds an error without calling its constructor, and goes on [2.3 error whose unpickling fails, 4.1 #8]",
    async (pool) => {
      const error = await pool.apply(tasks.throwPicky, [7]).then(() => assert.fail(), (e) => e) as tasks.PickyError;
      assert.ok(error instanceof tasks.PickyError, String(error));
      assert.deepEqual([error.name, error.message, error.details], ["Error", "code 7", { code: 7 }]);
      assert.equal(await pool.apply(tasks.square, [3]), 9);
    },
  );

  claimOf(1, "carries errors with their traceback, also between threads [test_traceback, test_wrapped_exception]", async (pool) => {
    const error = await pool.apply(tasks.throwTypeError, ["boo"]).then(() => assert.fail(), (e) => e) as Error;
    assert.ok(error instanceof TypeError && error.cause instanceof mp.RemoteTraceback);
    assert.match(error.cause.stack!, /fixtures\/tasks/);
    assert.match(error.stack!, new RegExp(`fixtures/tasks[^]*in ${workerName}-\\d+, called here:[^]*pool_battery`));
  });

  claimOf(1, "takes functions of the runtime by their names, as Python's takes abs and math.sqrt", async (pool) => {
    assert.deepEqual(await pool.map(Math.sqrt, [1, 4, 9]), [1, 2, 3]);
    assert.deepEqual(await pool.map(Number, ["1", "0x10"]), [1, 16]);
    assert.deepEqual(await pool.apply(JSON.parse, ['{"a":[1]}']), { a: [1] });
    assert.equal(await pool.apply(structuredClone<number>, [7]), 7);
  });

  claimOf(1, "takes shared objects as arguments [2.3 sharing]", async (pool) => {
    const queue = new ctx.Queue<number>();
    await pool.starmap(tasks.putInto, [[queue, 1], [queue, 2], [queue, 3]]);
    assert.deepEqual([await queue.get(), await queue.get(), await queue.get()].sort(), [1, 2, 3]);
  });

  claimOf(1, "stays where it was made, and says what to do instead [2.3 pickling]", async (pool) => {
    for (const value of [pool, pool.applyAsync(tasks.square, [1]), pool.imap(tasks.square, [1])]) {
      await assert.rejects(
        pool.apply(tasks.echo<unknown>, [value]),
        (e: Error) => e instanceof mp.SerializationError && /belongs to the unit/.test(e.message),
      );
    }
  });

  claim("carries a large result, and a large error, and ends in order after both [4.3 #6]", async (_marks, own) => {
    const pool = own(shared.take(1));
    // A socket and a port carry so much; a warm child has the same socket as a spawned one.
    const size = method === "forkserver" ? 10_000_000 : 100_000_000;
    const big = await pool.apply(tasks.bytes, [size]);
    assert.equal(big.length, size);
    assert.ok(big[0] === 7 && big.at(-1) === 7);
    const failing = pool.map(tasks.throwBig, [2_000_000, 2_000_000], { chunksize: 1 });
    pool.close();
    await assert.rejects(failing, (e: Error) => e instanceof RangeError && e.message.length === 2_000_000);
    await pool.join();
  });

  claim("may be nested, and hands what it was given to its own workers [4.1 #14, test_nested_startmethod]", async () => {
    const pool = new ctx.Pool(1);
    const queue = new ctx.Queue<number>();
    assert.deepEqual(await pool.apply(tasks.useNestedPool, [queue, [2, 3]]), [4, 9]);
    assert.equal(await queue.get(), 2);
    assert.equal(await pool.apply(tasks.leavePoolOpen), 25);
    pool.close();
    await pool.join();
  });
}
