/**
 * What a Pool of every start method does for its tasks beyond Python: limits, signals, reports, second chances. Rows: python-behaviour.md 4.1 #1,
 * #6, #7, 4.2 #1, 4.3 #7.
 */
import { test } from "node:test";
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import { Pools } from "../support/pools.ts";
import * as current from "./fixtures/current_task.ts";
import * as tasks from "./fixtures/tasks.ts";
import { Marks } from "./support/marks.ts";

export function taskBattery(method: mp.StartMethod): void {
  const ctx = mp.getContext(method);
  const shared = new Pools(ctx);
  const withMarks = (text: string, run: (marks: Marks) => Promise<void>) =>
    test(`Pool (${method}) ${text}`, { timeout: 60_000 }, async () => {
      const marks = new Marks();
      try {
        await run(marks);
      } finally {
        marks.remove();
      }
    });
  /** A test of a pool of one. */
  const claim = (text: string, run: (pool: mp.Pool, marks: Marks) => Promise<void>) =>
    withMarks(text, (marks) => shared.use(1, (pool) => run(pool, marks)));
  /** A test with a pool of its own. */
  const claimOfOwn = (text: string, make: () => mp.Pool, run: (pool: mp.Pool) => Promise<void>) =>
    withMarks(text, async () => {
      const pool = make();
      try {
        await run(pool);
      } finally {
        await pool[Symbol.asyncDispose]();
      }
    });

  claim(
    "rejects an aborted call at once, tells its task by the signal, and keeps the worker [4.1 #6, 4.2 #1, 4.3 #7]",
    async (pool, marks) => {
      const name = await pool.apply(tasks.whoAmI);
      const abort = new AbortController();
      const args: [string, string, string] = [marks.path("began"), marks.path("gate"), marks.path("ended")];
      const running = pool.applyAsync(current.untilAborted, args, { signal: abort.signal, grace: Infinity });
      await marks.until("began");
      const reason = new Error("enough");
      abort.abort(reason);
      assert.equal(await running.get().catch((e: unknown) => e), reason);
      // The task itself goes on until now.
      assert.deepEqual(marks.lines("ended"), []);
      const queued = pool.applyAsync(tasks.whoAmI);
      marks.put("gate");
      assert.deepEqual(await marks.until("ended"), ["enough"]);
      assert.equal(await queued, name);
    },
  );

  claim("runs what listens to a task's signal as code of that task", async (pool, marks) => {
    const abort = new AbortController();
    const running = pool.applyAsync(current.askWhenAborted, [marks.path("ended")], {
      signal: abort.signal,
      grace: Infinity,
      onReport: () => abort.abort(),
    });
    await assert.rejects(running.get(), { name: "AbortError" });
    assert.deepEqual(await marks.until("ended"), ["true, 0"]);
  });

  claim("tells a task that is out of time by its signal too", async (pool, marks) => {
    const name = await pool.apply(tasks.whoAmI);
    const args: [string, string, string] = [marks.path("began"), marks.path("gate"), marks.path("ended")];
    marks.put("gate");
    // On a busy machine its time may be up before the worker has begun; then it is not begun at all.
    for (let timeout = 100; marks.lines("began").length === 0; timeout *= 2) {
      const late = pool.apply(current.untilAborted, args, { timeout, grace: Infinity });
      await assert.rejects(late, (e: Error) => e instanceof mp.TimeoutError && e.message.includes(`${timeout} ms`));
    }
    assert.equal((await marks.until("ended"))[0], "TimeoutError");
    assert.equal(await pool.apply(tasks.whoAmI), name);
  });

  /** While the neighbour is busy, what comes next can run on a replacement only. */
  const replaces = (how: string, endTask: (pool: mp.Pool, marks: Marks) => Promise<void>) =>
    withMarks(
      `replaces the worker of an endless task that is ${how}, and no other [4.1 #6, 4.3 #7]`,
      (marks) =>
        shared.use(2, async (pool) => {
          const neighbour = pool.applyAsync(tasks.nameAfterFile, [marks.path("go")]);
          await endTask(pool, marks);
          const replacement = await pool.apply(tasks.whoAmI);
          marks.put("go");
          assert.notEqual(await neighbour, replacement);
        }),
    );

  replaces("aborted, at once without a grace", async (pool, marks) => {
    const abort = new AbortController();
    const spinning = pool.applyAsync(tasks.spin, [marks.path("a")], { signal: abort.signal, grace: 0 });
    await marks.until("a");
    const reason = new Error("enough");
    abort.abort(reason);
    await assert.rejects(spinning.get(), reason);
  });

  replaces("out of time, after its grace", async (pool, marks) => {
    // On a busy machine its time may be up before the worker has begun; then it is not begun at all.
    for (let timeout = 100; marks.lines("a").length === 0; timeout *= 2) {
      await assert.rejects(pool.apply(tasks.spin, [marks.path("a")], { timeout, grace: 20 }), mp.TimeoutError);
    }
  });

  claimOfOwn(
    "tells what tasks report before their results, in order, with the number of the item [4.1 #7]",
    () => shared.take(2),
    async (pool) => {
      const log: unknown[] = [];
      const onReport = (value: unknown, index: number) => void log.push([index, value]);
      assert.equal(await pool.applyAsync(current.reportUpTo, [3], { onReport, callback: (x) => log.push(x) }), 3);
      assert.deepEqual(log.splice(0), [[0, 1], [0, 2], [0, 3], 3]);
      const items = ["a", "b", "c", "d", "e"];
      const expected = items.flatMap((item, i) => [[i, `${item}, begun`], [i, `${item}, done`]]);
      const inOrder = () => log.splice(0).sort((a, b) => (a as [number])[0] - (b as [number])[0]);
      for (const chunksize of [1, 2, 5]) {
        assert.deepEqual(await pool.map(current.reportItem, items, { chunksize, onReport }), items);
        assert.deepEqual(inOrder(), expected);
        assert.deepEqual(await pool.starmap(current.reportItem, items.map((item) => [item] as const), { chunksize, onReport }), items);
        assert.deepEqual(inOrder(), expected);
        const seen: string[] = [];
        for await (const item of pool.imap(current.reportItem, items, { chunksize, onReport })) seen.push(item);
        assert.deepEqual(seen, items);
        assert.deepEqual(inOrder(), expected);
      }
      assert.equal(await pool.apply(current.reportUpTo, [3]), 3);
    },
  );

  claim("begins nothing more of a chunk whose map gave up", async (pool, marks) => {
    const name = await pool.apply(tasks.whoAmI);
    const abort = new AbortController();
    const items = Array.from({ length: 8 }, (_, i) => [i, marks.path("began"), marks.path("ended")] as [number, string, string]);
    const map = pool.mapAsync(current.firstUntilAborted, items, { chunksize: 4, signal: abort.signal, grace: Infinity });
    await marks.until("began");
    abort.abort(new Error("enough"));
    await assert.rejects(map.get(), /enough/);
    await marks.until("ended");
    assert.equal(await pool.apply(tasks.whoAmI), name);
    assert.deepEqual(marks.lines("began"), ["0"]);
  });

  claim("calls every item of a chunk, whichever of them throws", async (pool, marks) => {
    const items = Array.from({ length: 5 }, (_, i) => [i, marks.path("map")] as [number, string]);
    await assert.rejects(pool.map(current.noteOrThrow, items, { chunksize: 5 }), /the first item/);
    // The only worker begins this after the chunk.
    await pool.apply(tasks.nothing);
    assert.deepEqual(marks.lines("map"), ["0", "1", "2", "3", "4"]);
    const results: unknown[] = [];
    const it = pool.imap(current.noteOrThrow, items, { chunksize: 5 });
    for (const _ of items) results.push(await it.next().then((step) => step.value, (e: Error) => e.message));
    assert.deepEqual(results, ["the first item", 1, 2, 3, 4]);
  });

  const asking = () => new ctx.Pool({ processes: 1, initializer: current.askInInitializer });
  claimOfOwn("gives a task to currentTask() at any depth, and none outside of tasks", asking, async (pool) => {
    const everywhere = { here: true, deeper: true, inTimer: true, atImport: true, inInitializer: true };
    assert.deepEqual(await pool.apply(current.askEverywhere), everywhere);
    assert.deepEqual(await pool.map(() => null, [1]), [null]);
    assert.equal(await pool.apply(current.leaveCode), true);
    assert.deepEqual(await pool.apply(current.askLeftCode), [true, true]);
    assert.equal(mp.currentTask(), null);
  });

  claim("tells reports of a task that computes without a break while it does", async (pool, marks) => {
    const onReport = (value: unknown) => value === "computing" && marks.put("go");
    assert.equal(await pool.apply(current.reportAndCompute, [marks.path("go")], { onReport }), "computed");
  });

  claim("carries anything that travels in a report, and refuses the rest where it is reported", async (pool) => {
    const queue = new ctx.Queue<number>();
    const seen: unknown[] = [];
    assert.equal(await pool.apply(current.reportAll, [[1n, queue, tasks.add]], { onReport: (value) => seen.push(value) }), "reported");
    assert.equal(seen.length, 5);
    assert.deepEqual([seen[0], seen[2], seen[3], seen[4]], [1n, tasks.add, tasks.square, "last"]);
    await (seen[1] as mp.Queue<number>).put(7);
    assert.equal(await queue.get(), 7);
    for (const onReport of [undefined, () => {}]) {
      assert.match(await pool.apply(current.reportSymbol, [], { onReport }), /^SerializationError: Cannot .*report\.inner/);
      await assert.rejects(pool.apply(current.reportClosure, [], { onReport }), mp.SerializationError);
    }
    const late: unknown[] = [];
    await pool.apply(current.reportTooLate, [], { onReport: (value) => late.push(value) });
    await pool.apply(tasks.squareLater, [2]);
    assert.deepEqual(late, []);
    const names = [];
    for (let i = 0; i < 3; i++) names.push(await pool.apply(current.reportWhileEnding, [], { onReport: () => {} }));
    assert.deepEqual(names, Array(3).fill(await pool.apply(tasks.whoAmI)));
  });

  claim("runs a task that was lost with its worker again, on another one, as often as it may [4.1 #1, 4.3 #1]", async (pool, marks) => {
    const reports: unknown[] = [];
    const onReport = (value: unknown) => reports.push(value);
    const name = await pool.apply(current.dieAtFirst, [marks.path("twice"), 2], { retries: 2, onReport });
    const ran = marks.lines("twice");
    assert.deepEqual([ran.length, new Set(ran).size, ran.at(-1)], [3, 3, name]);
    assert.equal(reports.at(-1), name);
    const once = pool.apply(current.dieAtFirst, [marks.path("once"), 2], { retries: 1 });
    await assert.rejects(once, (e: mp.WorkerDiedError) => e.exitcode === 3);
    assert.equal(marks.lines("once").length, 2);
    await assert.rejects(pool.map(current.noteOrThrow, [[0, marks.path("thrown")]], { retries: 5 }), RangeError);
    assert.deepEqual(marks.lines("thrown"), ["0"]);
  });

  claim("runs only the lost item of a chunk again, and counts it once", async (pool, marks) => {
    const items = (name: string, times: number) =>
      Array.from({ length: 6 }, (_, i) => [i, marks.path(name), times] as [number, string, number]);
    const progress: string[] = [];
    const onProgress = (done: number, total: number) => void progress.push(`${done}/${total}`);
    assert.deepEqual(
      await pool.map(current.dieAt3, items("map", 1), { chunksize: 6, retries: 1, onProgress }),
      [0, 1, 2, 3, 4, 5],
    );
    assert.deepEqual(progress, ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
    assert.deepEqual(marks.lines("map"), ["0", "1", "2", "3", "3", "4", "5"]);
    const seen: unknown[] = [];
    const it = pool.imap(current.dieAt3, items("imap", 9), { chunksize: 6, retries: 1 });
    for (let i = 0; i < 6; i++) seen.push(await it.next().then((step) => step.value, (e: Error) => e.name));
    assert.deepEqual(seen, [0, 1, 2, "WorkerDiedError", 4, 5]);
    assert.deepEqual(marks.lines("imap"), ["0", "1", "2", "3", "3", "4", "5"]);
  });

  claimOfOwn("nested in another one's task passes reports on [4.1 #14]", () => shared.take(1), async (pool) => {
    const seen: unknown[] = [];
    assert.equal(await pool.apply(current.relayReports, [3], { onReport: (value) => seen.push(value) }), 3);
    assert.deepEqual(seen, [1, 2, 3]);
  });
}
