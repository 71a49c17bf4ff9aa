/** What a pool does, whatever its workers are: these run in this unit. Rows: python-behaviour.md 2.3, 2.16, 4.3. */
import { test } from "node:test";
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import type { Channel } from "../../src/connection/channel.ts";
import type { PoolOptions } from "../../src/pool/pool.ts";
import * as current from "./fixtures/current_task.ts";
import * as tasks from "./fixtures/tasks.ts";
import { defaultChunksize } from "../../src/pool/map_call.ts";
import { poolWorkerMain } from "../../src/pool/worker.ts";
import { type LoopbackPool, loopbackPool } from "./support/loopback_pool.ts";

function claim(text: string, run: (made: LoopbackPool) => Promise<void>, options: number | PoolOptions = 2): void {
  test(`Pool ${text}`, { timeout: 30_000 }, async () => {
    const made = loopbackPool(options);
    try {
      await run(made);
    } finally {
      await made.pool.terminate();
    }
  });
}

test("ThreadPool extends Pool, and so does the Pool of every context", () => {
  class Own extends mp.ThreadPool {}
  for (const type of [mp.ThreadPool, Own, ...mp.getAllStartMethods().map((method) => mp.getContext(method).Pool)]) {
    assert.ok(type.prototype instanceof mp.Pool);
  }
  assert.equal(mp.getContext("spawn").Pool.name, "Pool");
});

claim("calls with arguments and without [test_apply]", async ({ pool }) => {
  assert.equal(await pool.apply(tasks.square, [5]), 25);
  assert.equal(await pool.apply(tasks.add, [1]), 101);
  assert.equal(await pool.apply(tasks.nothing), undefined);
  assert.deepEqual(await pool.apply(tasks.whatWasSetUp), []);
  assert.equal(await pool.applyAsync(tasks.squareLater, [7]).get(), 49);
  assert.equal(await pool.applyAsync(tasks.square, [8]), 64);
  assert.equal(await pool.apply(tasks.add, new Set([1, 2]) as unknown as [number, number]), 3);
});

claim("maps in order, whatever the chunks [test_map, test_starmap]", async ({ pool }) => {
  const items = Array.from({ length: 100 }, (_, i) => i);
  const squares = items.map((x) => x * x);
  for (const chunksize of [undefined, null, 1, 3, 100, 1000]) {
    assert.deepEqual(await pool.map(tasks.square, items, { chunksize }), squares);
    assert.deepEqual(await pool.mapAsync(tasks.squareLater, items, { chunksize }).get(), squares);
    assert.deepEqual(await pool.starmap(tasks.add, items.map((x) => [x, x] as const), { chunksize }), items.map((x) => x + x));
  }
  assert.deepEqual(await pool.starmapAsync(tasks.add, new Set([[1], [2, 3]] as [number, number?][])), [101, 5]);
  assert.deepEqual(await pool.map(tasks.square, new Set([1, 2])), [1, 4]);
  assert.deepEqual(
    await pool.map(
      tasks.square,
      (async function* () {
        yield* [1, 2, 3];
      })(),
    ),
    [1, 4, 9],
  );
});

claim("gives [] for no items, and calls the callback [test_empty_iterable, test_map_chunksize, 2.16 #14]", async ({ pool }) => {
  assert.deepEqual(await pool.map(tasks.square, []), []);
  assert.deepEqual(await pool.map(tasks.square, [], { chunksize: 3 }), []);
  const called: unknown[] = [];
  const result = pool.mapAsync(tasks.square, [], { callback: (value) => called.push(value) });
  assert.ok(result.ready());
  assert.deepEqual(await result, []);
  assert.deepEqual(called, [[]]);
  for (const method of ["imap", "imapUnordered"] as const) {
    assert.deepEqual(await pool[method](tasks.square, [] as number[]).next(), { done: true, value: undefined });
  }
});

claim(
  "calls one callback, once, before the result settles [test_map_async_callbacks, test_async_error_callback, 2.3 callbacks]",
  async ({ pool }) => {
    const log: unknown[] = [];
    const callback = (value: unknown) => void log.push(["callback", value, result.ready()]);
    const errorCallback = (error: unknown) => void log.push(["errorCallback", (error as Error).name, result.ready()]);
    let result: mp.AsyncResult<unknown> = pool.mapAsync(tasks.square, [1, 2, 4], { callback, errorCallback, chunksize: 1 });
    await result.get();
    assert.deepEqual(log.splice(0), [["callback", [1, 4, 16], false]]);
    result = pool.mapAsync(tasks.squareOrThrow, [1, 3, 3], { callback, errorCallback, chunksize: 1 });
    await assert.rejects(result.get(), RangeError);
    assert.deepEqual(log.splice(0), [["errorCallback", "RangeError", false]]);
    result = pool.applyAsync(tasks.square, [3], { callback });
    assert.equal(await result, 9);
    assert.deepEqual(log.splice(0), [["callback", 9, false]]);
  },
);

claim("makes a callback's failure the result, and goes on [2.16 #4, 4.3 #5]", async ({ pool }) => {
  const wrong = () => {
    throw new RangeError("from the callback");
  };
  await assert.rejects(pool.applyAsync(tasks.square, [1], { callback: wrong }).get(), /from the callback/);
  await assert.rejects(pool.applyAsync(tasks.square, [1], { callback: async () => wrong() }).get(), /from the callback/);
  await assert.rejects(pool.applyAsync(tasks.throwTypeError, ["x"], { errorCallback: wrong }).get(), /from the callback/);
  await assert.rejects(pool.map(tasks.square, [1, 2], { onProgress: wrong }), /from the callback/);
  assert.equal(await pool.apply(tasks.square, [2]), 4);
});

claim(
  "refuses bad arguments with their value [test_make_pool, test_pool_maxtasksperchild_invalid, test_pool_initializer, 2.16 #5]",
  async ({ pool }) => {
    for (const processes of [0, -1, 1.5, NaN, Infinity]) {
      assert.throws(() => loopbackPool(processes), (e: Error) => e instanceof RangeError && e.message.includes(String(processes)));
    }
    assert.throws(() => loopbackPool("3" as unknown as number), (e: Error) => e instanceof TypeError && e.message.includes('"3"'));
    for (const maxTasksPerChild of [0, -1, 0.5]) assert.throws(() => loopbackPool({ maxTasksPerChild }), RangeError);
    assert.throws(() => loopbackPool({ maxTasksPerChild: "12" as unknown as number }), TypeError);
    assert.throws(() => loopbackPool({ initializer: 5 as unknown as () => void }), TypeError);
    for (const chunksize of [0, -1, 1.5, NaN]) {
      await assert.rejects(pool.map(tasks.square, [1, 2], { chunksize }), RangeError);
      assert.throws(() => pool.imap(tasks.square, [1, 2], { chunksize }), RangeError);
      assert.throws(() => pool.imap(tasks.square, [1, 2], { buffersize: chunksize }), RangeError);
    }
    for (const chunksize of ["3", true, {}] as unknown as number[]) {
      await assert.rejects(pool.map(tasks.square, [1], { chunksize }), (e: Error) => e instanceof TypeError && /chunksize/.test(e.message));
      assert.throws(() => pool.imap(tasks.square, [1], { chunksize }), /^TypeError: Cannot imap: chunksize/);
      assert.throws(() => pool.imapUnordered(tasks.square, [1], { buffersize: chunksize }), /^TypeError: Cannot imapUnordered: buffersize/);
    }
    for (
      const [options, text] of [
        [{ retries: -1 }, "RangeError: Cannot map: retries must be an integer of at least 0, received -1"],
        [{ retries: 1.5 }, "RangeError: Cannot map: retries must be an integer of at least 0, received 1.5"],
        [{ retries: "1" }, 'TypeError: Cannot map: retries must be an integer of at least 0, received "1"'],
        [{ grace: -1 }, "RangeError: Cannot map: grace must be a number of milliseconds of at least 0, received -1"],
        [{ grace: NaN }, "TypeError: Cannot map: grace must be a number of milliseconds of at least 0, received NaN"],
        [
          { timeOut: 5 },
          "TypeError: Cannot map: the options are timeout, signal, grace, retries, onReport, chunksize, onProgress, received timeOut",
        ],
        [{ onReport: 5 }, "TypeError: Cannot map: onReport must be a function, received 5"],
        [{ onProgress: {} }, "TypeError: Cannot map: onProgress must be a function, received an object"],
        // As in Python, where it is the chunksize.
        [10, "TypeError: Cannot map: options must be an object such as { timeout: 1000 }, received 10"],
      ] as [mp.MapOptions, string][]
    ) {
      assert.equal(await pool.map(tasks.square, [1], options).catch(String), text);
    }
    const callback = { callback: () => {} } as mp.TaskOptions;
    await assert.rejects(pool.apply(tasks.square, [2], callback), /^TypeError: Cannot apply: the options are .*, received callback$/);
    assert.throws(() => pool.applyAsync(tasks.square, [2], { onProgress: () => {} } as mp.TaskOptions), /, received onProgress$/);
    assert.throws(() => pool.imap(tasks.square, [2], callback), /, buffersize, received callback$/);
    await assert.rejects(pool.apply(5 as unknown as () => void), TypeError);
    await assert.rejects(pool.map(tasks.square, 5 as unknown as number[]), TypeError);
    await assert.rejects(
      pool.starmap(tasks.add, [[1, 2], 3] as unknown as [number, number][]),
      (e: Error) => e instanceof TypeError && /item 1/.test(e.message),
    );
    await assert.rejects(pool.apply(tasks.square, [2], { timeout: NaN }), TypeError);
    assert.equal(await pool.apply(tasks.square, [2]), 4);
  },
);

claim("rejects with what the iterable throws, and can be used again [test_map_handle_iterable_exception]", async ({ pool }) => {
  const failing = function* (good: number) {
    for (let i = 0; i < good; i++) yield i;
    throw new SyntaxError("from the iterable");
  };
  for (const good of [0, 3]) {
    await assert.rejects(pool.map(tasks.square, failing(good)), (e: Error) => e.message === "from the iterable" && e.cause === undefined);
  }
  const asynchronous = async function* () {
    yield 1;
    throw new SyntaxError("from the iterable");
  };
  await assert.rejects(pool.map(tasks.square, asynchronous()), /from the iterable/);
  assert.deepEqual(await pool.map(tasks.square, [2]), [4]);
});

claim("rejects the call whose argument cannot travel, and no other [test_map_unplicklable]", async ({ pool }) => {
  await assert.rejects(pool.map(tasks.echo<unknown>, [1, Symbol("x"), 3]), mp.SerializationError);
  await assert.rejects(pool.apply(tasks.echo<unknown>, [Symbol("x")]), mp.SerializationError);
  let captured = 0;
  await assert.rejects(pool.apply(() => captured++), /captured/);
  const it = pool.imap(tasks.echo<unknown>, [1, Symbol("x"), 3], { chunksize: 2 });
  assert.equal((await it.next()).value, 1);
  await assert.rejects(it.next(), mp.SerializationError);
  assert.equal((await it.next()).value, 3);
  assert.equal((await it.next()).done, true);
});

claim("reports a result that cannot travel, many times [test_unpickleable_result, 4.3 #3]", async ({ pool, workers }) => {
  const told: unknown[] = [];
  for (let i = 0; i < 20; i++) {
    const result = pool.applyAsync(tasks.returnSymbol, [], { errorCallback: (e) => told.push(e) });
    await assert.rejects(result.get(), (e: mp.MaybeEncodingError) => e instanceof mp.MaybeEncodingError && e.value === "Symbol(no)");
  }
  assert.equal(told.length, 20);
  assert.equal(workers.length, 2);
  await assert.rejects(
    pool.apply(tasks.count),
    (e: Error) => e instanceof mp.MaybeEncodingError && /all\.push\(\.\.\.items\(\)\)/.test(e.message),
  );
  for (const later of [tasks.countLater, tasks.laterItems, () => new ReadableStream()] as (() => unknown)[]) {
    await assert.rejects(pool.apply(later), (e: Error) => e instanceof mp.MaybeEncodingError && /for await[^]*|report/.test(e.message));
  }
  assert.ok(await pool.apply(tasks.makeRows) instanceof tasks.Rows);
  assert.deepEqual(await pool.apply(tasks.squareLater, [3]), 9);
});

claim("settles a call whose arguments or function cannot be decoded there, and no other [2.16 #3]", async ({ pool }) => {
  const missing = mp.functionRef<(x: number) => number>(new URL("./fixtures/tasks.ts", import.meta.url), "doesNotExist");
  await assert.rejects(pool.apply(missing, [1]), /no such export/);
  await assert.rejects(pool.map(missing, [1, 2]), /no such export/);
  await assert.rejects(pool.apply(tasks.echo<unknown>, [missing]), /no such export/);
  const it = pool.imap(tasks.echo<unknown>, [1, missing, 3], { chunksize: 3 });
  assert.equal((await it.next()).value, 1);
  await assert.rejects(it.next(), /no such export/);
  assert.equal((await it.next()).value, 3);
  assert.equal(await pool.apply(tasks.square, [2]), 4);
});

claim("shows the remote stack, then the local call, and a cause [test_traceback]", async ({ pool }) => {
  const error = await pool.apply(tasks.throwTypeError, ["boo"]).then(() => assert.fail(), (e) => e) as TypeError & { detail: unknown };
  assert.ok(error instanceof TypeError);
  assert.equal(error.message, "boo");
  assert.deepEqual(error.detail, { code: 42n });
  const stack = error.stack!;
  assert.ok(stack.includes("throwTypeError"), stack);
  assert.ok(stack.indexOf("contract_test") > stack.indexOf("throwTypeError"), stack);
  assert.ok(error.cause instanceof mp.RemoteTraceback);
  assert.ok(error.cause.stack!.includes("throwTypeError"));
  const own = await pool.apply(tasks.throwCause).then(() => assert.fail(), (e) => e) as Error;
  assert.ok(own.cause instanceof RangeError);
  assert.equal(await pool.apply(tasks.throwValue, ["a text"]).catch((e: unknown) => e), "a text");
  const defended = await pool.apply(tasks.throwUnsendable).catch((e: unknown) => e);
  assert.match((defended as Error).message, /with a symbol/);
});

claim("refuses a call when reading its arguments has ended the pool", async () => {
  for (const end of ["close", "terminate"] as const) {
    const { pool } = loopbackPool(1);
    const ending = {
      get value() {
        void pool[end]();
        return 1;
      },
    };
    await assert.rejects(pool.apply(tasks.echo<unknown>, [ending]), mp.ClosedError);
    assert.equal(pool.statistics().tasks, 0);
    await pool.join();
  }
});

claim("withdraws a call that reading its arguments has given up", async ({ pool }) => {
  const give = (abort: AbortController) => ({
    get value() {
      abort.abort();
      return 1;
    },
  });
  const apply = (abort: AbortController) => pool.apply(tasks.echo<unknown>, [give(abort)], { signal: abort.signal });
  const map = (abort: AbortController) => pool.map(tasks.echo<unknown>, [give(abort)], { signal: abort.signal });
  for (const call of [apply, map]) {
    await assert.rejects(call(new AbortController()), { name: "AbortError" });
    assert.equal(pool.statistics().tasks, 0);
  }
});

claim("carries an error whose class has a getter for its cause, whatever that needs", async ({ pool }) => {
  for (const reason of ["a reason", undefined]) {
    const error = await pool.apply(tasks.throwSealed, [reason]).catch((e: unknown) => e);
    assert.ok(error instanceof tasks.SealedError);
    assert.equal(error.message, "sealed");
    if (reason === undefined) assert.ok(error.cause instanceof mp.RemoteTraceback);
    else assert.equal(error.cause, reason);
  }
});

claim("carries an error whose causes go in a circle, or cannot be read, both ways", async ({ pool, workers }) => {
  const circular = await pool.apply(tasks.throwInCircle).catch((e: unknown) => e) as Error;
  assert.equal(circular.message, "outer");
  assert.equal(((circular.cause as Error).cause as Error).message, "outer");
  assert.match(String(await pool.apply(tasks.throwSecretCause).catch((e: unknown) => e)), /^Error: with a cause that throws/);
  for (const reason of [circular, Object.defineProperty(new Error("reason"), "cause", { get: () => assert.fail() })]) {
    const abort = new AbortController();
    // The task itself gets the reason, so that the worker stays.
    const running = pool.applyAsync(current.messageOfReason, [], {
      signal: abort.signal,
      grace: Infinity,
      onReport: () => abort.abort(reason),
    });
    assert.equal(await running.get().catch((e: unknown) => e), reason);
  }
  assert.equal(await pool.apply(tasks.square, [2]), 4);
  assert.equal(workers.length, 1);
}, 1);

claim("rejects a map with its first error in time, and withdraws the rest [2.16 #16]", async ({ pool }) => {
  await assert.rejects(pool.map(tasks.squareOrThrow, Array.from({ length: 1000 }, (_, i) => i), { chunksize: 1 }), RangeError);
  assert.ok(pool.statistics().tasks <= pool.size);
});

claim("waits no longer than a timeout, and the task goes on [test_async, test_async_timeout]", async ({ pool }) => {
  let open!: () => void;
  const gate = new Promise<void>((resolve) => (open = resolve));
  (globalThis as Record<string, unknown>).poolGate = gate;
  // Self-contained: the worker is this very unit, so it sees the gate.
  const result = pool.applyAsync(async () => {
    await (globalThis as Record<string, unknown>).poolGate;
    return "late";
  });
  await assert.rejects(result.get({ timeout: 1 }), mp.TimeoutError);
  await assert.rejects(result.get({ timeout: 0 }), mp.TimeoutError);
  const reason = new Error("enough");
  await assert.rejects(result.get({ signal: AbortSignal.abort(reason) }), reason);
  await result.wait({ timeout: 1 });
  assert.equal(result.ready(), false);
  assert.throws(() => result.successful(), /not ready/);
  open();
  await result.wait();
  assert.ok(result.ready() && result.successful());
  assert.equal(await result.get({ timeout: 1 }), "late");
});

claim("keeps the order of submission on one worker, also when a function has to be looked for", async ({ pool }) => {
  const log: number[] = [];
  const note = (n: number) => void log.push(n);
  await Promise.all([
    pool.applyAsync(tasks.square, [1], { callback: () => note(1) }),
    pool.applyAsync((x: number) => x, [2], { callback: () => note(2) }),
    pool.applyAsync(tasks.square, [3], { callback: () => note(3) }),
    pool.applyAsync(tasks.echo, [tasks.square], { callback: () => note(4) }),
    pool.applyAsync(tasks.square, [5], { callback: () => note(5) }),
  ]);
  assert.deepEqual(log, [1, 2, 3, 4, 5]);
}, 1);

claim("refuses work after close(), finishes what it has, and can be joined [2.3 after close]", async ({ pool }) => {
  await assert.rejects(pool.join(), /still running/);
  const before = pool.mapAsync(tasks.squareLater, [1, 2, 3], { chunksize: 1 });
  const imap = pool.imap(tasks.squareLater, Array.from({ length: 50 }, (_, i) => i));
  pool.close();
  pool.close();
  const refused = { name: "ClosedError", message: "Cannot submit to a Pool: it is closed" };
  await assert.rejects(pool.apply(tasks.square, [1]), refused);
  await assert.rejects(pool.applyAsync(tasks.square, [1]).get(), refused);
  await assert.rejects(pool.map(tasks.square, [1]), refused);
  await assert.rejects(pool.starmapAsync(tasks.add, [[1, 2]]).get(), refused);
  await assert.rejects(pool.imap(tasks.square, [1]).next(), refused);
  await assert.rejects(pool.imapUnordered(tasks.square, [1]).next(), refused);
  await pool.join();
  await pool.join();
  assert.deepEqual(await before, [1, 4, 9]);
  // Drawn to its end because of join(), and still there.
  const squares: number[] = [];
  for await (const x of imap) squares.push(x);
  assert.equal(squares.length, 50);
  assert.equal(pool.statistics().workers, 0);
});

claim("finishes, or rejects, a map whose iterable itself closes, or terminates, the pool", async ({ pool }) => {
  const items = function* (end: () => unknown) {
    yield 1;
    end();
    yield 2;
  };
  assert.deepEqual(await pool.map(tasks.square, items(() => pool.close())), [1, 4]);
  await pool.join();
  const other = loopbackPool(1).pool;
  await assert.rejects(other.map(tasks.square, items(() => other.terminate())), mp.ProcessError);
  await other.join();
  assert.equal(other.statistics().tasks, 0);
});

claim("waits in join() for no item of a map that gave up", async ({ pool }) => {
  const naps = async function* () {
    yield 1;
    await new Promise(() => {});
  };
  await assert.rejects(pool.map(tasks.square, naps(), { timeout: 10 }), mp.TimeoutError);
  pool.close();
  await pool.join();
});

claim("settles everything in terminate(), again and again [2.16 #7, 4.3 #11]", async ({ pool }) => {
  const never = () => new Promise<number>(() => {});
  const running = pool.applyAsync(never);
  const queued = pool.map((_: number) => new Promise<number>(() => {}), Array.from({ length: 10_000 }, (_, i) => i), { chunksize: 1 });
  const imap = pool.imap((_: number) => new Promise<number>(() => {}), [1, 2, 3]);
  const next = imap.next();
  const terminated = { name: "ProcessError", message: /terminated/ };
  const outcomes = Promise.all([
    assert.rejects(running.get(), terminated),
    assert.rejects(queued, terminated),
    assert.rejects(next, terminated),
  ]);
  await pool.apply(tasks.square, [1], { timeout: 1 }).catch(() => {});
  await pool.terminate();
  await outcomes;
  assert.equal((await imap.next()).done, true);
  await pool.terminate();
  pool.close();
  await pool.join();
  await assert.rejects(pool.apply(tasks.square, [1]), /was terminated/);
});

claim("withdraws a queued task, and only that [4.3 #7]", async ({ pool, workers }) => {
  const abort = new AbortController();
  const running = pool.applyAsync(tasks.squareLater, [2]);
  const queued = pool.applyAsync(tasks.square, [3], { signal: abort.signal });
  const behind = pool.applyAsync(tasks.square, [4]);
  const reason = new Error("not needed");
  abort.abort(reason);
  await assert.rejects(queued.get(), reason);
  assert.equal(await running, 4);
  assert.equal(await behind, 16);
  await assert.rejects(pool.apply(tasks.square, [1], { signal: abort.signal }), reason);
  await assert.rejects(pool.apply(tasks.square, [1], { timeout: 0 }), mp.TimeoutError);
  assert.equal(workers.length, 1);
}, 1);

claim("lets go of what a withdrawn task would have carried", async ({ pool }) => {
  const closure = () => pool;
  const abort = new AbortController();
  const { signal } = abort;
  const pipes = Array.from({ length: 6 }, () => mp.Pipe());
  const [one, two, three, four, five, six] = pipes.map(([, end]) => end);
  const busy = pool.applyAsync(() => new Promise(() => {}), [], { signal, grace: 0 });
  const given = [
    busy.get(),
    pool.apply(tasks.echo<unknown>, [one], { signal }),
    pool.map(tasks.echo<unknown>, [two, three], { signal, chunksize: 2 }),
    pool.imap(tasks.echo<unknown>, [four], { signal }).next(),
    // Refused in the middle.
    pool.map(tasks.echo<unknown>, [five, Symbol("no")], { chunksize: 2 }),
    pool.map(tasks.echo<unknown>, [six, closure], { chunksize: 2 }),
  ];
  const settled = Promise.allSettled(given);
  await Promise.allSettled(given.slice(4));
  abort.abort();
  for (const { status } of await settled) assert.equal(status, "rejected");
  for (const [kept, end] of pipes) {
    end.close();
    await assert.rejects(kept.recv(), mp.EOFError);
  }
  // What is not withdrawn arrives.
  const [kept, end] = mp.Pipe();
  const it = pool.imap((end: mp.Connection) => end.send("here"), [end, Symbol("no") as never], { chunksize: 2 });
  await it.next();
  assert.equal(await kept.recv(), "here");
}, 1);

claim("closes the pipe ends in results that nobody gets", async ({ pool }) => {
  const pipes = Array.from({ length: 4 }, () => mp.Pipe());
  const [one, two, three, four] = pipes.map(([, end]) => end);
  const abort = new AbortController();
  const onReport = () => abort.abort();
  await assert.rejects(pool.apply(current.reportAndReturnAtAbort<unknown>, [one], { signal: abort.signal, onReport }));
  await assert.rejects(pool.map(tasks.echo<unknown>, [two, Symbol("no")], { chunksize: 1 }));
  await assert.rejects(pool.map(tasks.echoOrThrow<unknown>, [three, null], { chunksize: 2 }));
  const it = pool.imap(tasks.echo<unknown>, [0, four], { chunksize: 2 });
  await it.next();
  await it.return!();
  for (const [kept, end] of pipes) {
    end.close();
    await assert.rejects(kept.recv(), mp.EOFError);
  }
}, 1);

claim("lets go of what the items of a chunk carry that its worker has not come to", async ({ pool, workers }) => {
  const pipes = Array.from({ length: 3 }, () => mp.Pipe());
  const [one, two, three] = pipes.map(([, end]) => end);
  const onReport = () => workers.at(-1)!.die(9);
  await assert.rejects(pool.map(current.reportAndReturnAtAbort<unknown>, [0, one], { chunksize: 2, onReport }), mp.WorkerDiedError);
  const abort = new AbortController();
  const { signal } = abort;
  const given = pool.map(current.reportAndReturnAtAbort<unknown>, [0, two], {
    chunksize: 2,
    signal,
    grace: 0,
    onReport: () => abort.abort(),
  });
  await assert.rejects(given);
  // Run again, then withdrawn.
  const it = pool.imap(current.reportAndReturnAtAbort<unknown>, [0, three], { chunksize: 2, onReport });
  await assert.rejects(it.next(), mp.WorkerDiedError);
  await pool.terminate();
  for (const [kept, end] of pipes) {
    end.close();
    await assert.rejects(kept.recv(), mp.EOFError);
  }
}, 1);

claim("stops a running task with its worker, which is replaced [4.3 #7]", async ({ pool, workers }) => {
  await assert.rejects(
    pool.apply(() => new Promise(() => {}), [], { timeout: 20 }),
    (e: Error) => e instanceof mp.TimeoutError && /20 ms/.test(e.message),
  );
  assert.equal(await pool.apply(tasks.square, [3]), 9);
  assert.equal(workers.length, 2);
}, 1);

claim("reports progress once an item, and nothing more after the map gave up", async ({ pool }) => {
  const abort = new AbortController();
  const dones: number[] = [];
  const onProgress = (done: number) => {
    dones.push(done);
    if (done === 2) abort.abort(new Error("enough"));
  };
  const items = Array.from({ length: 10 }, (_, i) => i);
  for (const chunksize of [1, 5]) {
    await assert.rejects(pool.map(tasks.squareLater, items, { chunksize, signal: abort.signal, onProgress }), /enough/);
    await pool.map(tasks.squareLater, [1, 2, 3]);
  }
  assert.deepEqual(dones, [1, 2]);
  const seen: string[] = [];
  await pool.map(tasks.square, [1, 2, 3], { chunksize: 1, onProgress: (done, total) => void seen.push(`${done}/${total}`) });
  assert.deepEqual(seen, ["1/3", "2/3", "3/3"]);
});

claim("makes the failure of an onProgress or onReport the outcome, asynchronous or not [4.3 #5]", async ({ pool }) => {
  const wrong = () => {
    throw new RangeError("from the listener");
  };
  const later = async () => await Promise.reject(new RangeError("from the listener"));
  for (const onReport of [wrong, later]) {
    await assert.rejects(pool.apply(current.reportForEver, [], { onReport }), /from the listener/);
    await assert.rejects(pool.map(current.reportForEver, [1, 2], { onReport }), /from the listener/);
    await assert.rejects(pool.imap(current.reportForEver, [1], { onReport }).next(), /from the listener/);
  }
  for (const onProgress of [wrong, later]) {
    await assert.rejects(
      pool.map((x: number) => x === 1 ? x : new Promise(() => {}), [1, 2], { chunksize: 1, onProgress }),
      /from the listener/,
    );
  }
}, 12);

claim("sends a function once to each worker, also one that is made anew for each call", async ({ pool }) => {
  for (let i = 0; i < 10; i++) assert.equal(await pool.apply((x: number) => x + 1, [i]), i + 1);
}, 1);

claim("replaces workers after maxTasksPerChild tasks, a chunk being one [test_pool_worker_lifetime]", async ({ pool, workers }) => {
  for (let i = 0; i < 10; i++) assert.equal(await pool.apply(tasks.square, [i]), i * i);
  assert.ok(workers.length >= 5, `${workers.length} workers`);
  const before = workers.length;
  await pool.map(tasks.square, Array.from({ length: 100 }, (_, i) => i), { chunksize: 100 });
  assert.ok(workers.length <= before + 1);
}, { processes: 1, maxTasksPerChild: 2 });

claim("finishes its work when it is closed early with maxTasksPerChild=1 [test_pool_worker_lifetime_early_close]", async ({ pool }) => {
  const results = Array.from({ length: 6 }, (_, i) => pool.applyAsync(tasks.squareLater, [i]));
  pool.close();
  await pool.join();
  for (const [i, result] of results.entries()) assert.equal(await result, i * i);
}, { processes: 3, maxTasksPerChild: 1 });

test("Pool names all its options when it refuses one", () => {
  assert.throws(
    () => new mp.Pool({ maxtasksperchild: 1 } as never),
    /the options are processes, initializer, initargs, maxTasksPerChild, name, runtime, .*, received maxtasksperchild$/,
  );
});

test("Pool is broken by an initializer that fails, with its error [2.16 #2, 4.3 #4]", { timeout: 30_000 }, async () => {
  const { pool, workers } = loopbackPool({ processes: 2, initializer: tasks.throwTypeError, initargs: ["no luck"] });
  const first = pool.apply(tasks.square, [1]);
  const imap = pool.imap(tasks.square, [1, 2]).next();
  await assert.rejects(first, (e: Error) => e instanceof TypeError && e.message === "no luck");
  await assert.rejects(imap, /no luck/);
  await assert.rejects(pool.map(tasks.square, [1]), /no luck/);
  assert.ok(workers.length <= 2);
  pool.close();
  await pool.join();
  assert.equal(pool.statistics().workers, 0);
});

test("Pool is broken by an initializer that cannot travel", { timeout: 30_000 }, async () => {
  let captured = 0;
  const { pool, workers } = loopbackPool({ processes: 1, initializer: () => captured++ });
  await assert.rejects(pool.apply(tasks.square, [1]), mp.SerializationError);
  assert.equal(workers.length, 0);
  await pool.terminate();
});

test("Pool is broken by workers that end while they start, after a few [4.3 #4]", { timeout: 30_000 }, async () => {
  const made = loopbackPool(2, async () => {});
  await assert.rejects(
    made.pool.apply(tasks.square, [1]),
    (e: Error) => e instanceof mp.WorkerDiedError && /while it started/.test(e.message),
  );
  assert.ok(made.workers.length <= 6, `${made.workers.length} workers`);
  await made.pool.terminate();
});

claim("runs a task again as often as its retries say, and not at all without [4.1 #1]", async ({ pool, workers }) => {
  for (const [retries, runs] of [[undefined, 1], [null, 1], [0, 1], [2, 3]] as const) {
    let count = 0;
    const onReport = () => {
      count++;
      workers.at(-1)!.die(3);
    };
    await assert.rejects(pool.apply(current.reportForEver, [], { retries, onReport }), mp.WorkerDiedError);
    assert.equal(count, runs, `retries: ${retries}`);
  }
}, 1);

claim("rejects the task of a worker that died, and replaces the worker [2.16 #1, 4.3 #1]", async ({ pool, workers }) => {
  const doomed = pool.applyAsync(() => new Promise(() => {}));
  const others = Array.from({ length: 20 }, (_, i) => pool.applyAsync(tasks.squareLater, [i]));
  await others[0];
  workers[0]!.die(-9);
  workers[1]!.die(7);
  const results = await Promise.allSettled([doomed.get(), ...others.map((r) => r.get())]);
  const lost = results.filter((r) => r.status === "rejected");
  assert.ok(results[0]!.status === "rejected");
  assert.ok(lost.length <= 2);
  for (const { reason } of lost) assert.ok(reason instanceof mp.WorkerDiedError);
  assert.equal(await pool.apply(tasks.square, [2]), 4);
});

test("Pool gives no task to a worker whose channel is closed, before it hears of its end", { timeout: 30_000 }, async () => {
  const channels: Channel[] = [];
  let end = () => {};
  const made = loopbackPool(2, async (channel, setup) => {
    channels.push(channel);
    if (channels.length > 1) return await poolWorkerMain(channel, setup);
    void poolWorkerMain(channel, setup);
    await new Promise<void>((resolve) => (end = resolve));
  });
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  while (made.pool.statistics().idle < 2) await turn();
  channels[0]!.destroy();
  while (made.pool.statistics().idle > 1) await turn();
  const results = [1, 2].map((item) => made.pool.applyAsync(tasks.square, [item]));
  assert.deepEqual(await Promise.all(results), [1, 4]);
  end();
  await made.pool.terminate();
});

claim("gives up again and again without being broken, whatever was running", async ({ pool, workers }) => {
  for (let i = 0; i < 15; i++) {
    await assert.rejects(pool.apply(() => new Promise(() => {}), [], { timeout: 1, grace: 0 }), mp.TimeoutError);
  }
  assert.equal(await pool.apply(tasks.square, [3]), 9);
  assert.ok(workers.length > 10);
}, 1);

claim("keeps the worker when a call is given up because of its task's last result", async ({ pool, workers }) => {
  const abort = new AbortController();
  const first = pool.mapAsync(tasks.square, [1, 2], { chunksize: 1, signal: abort.signal, grace: 0, onProgress: () => abort.abort() });
  const second = pool.applyAsync(tasks.square, [3]);
  await assert.rejects(first.get(), { name: "AbortError" });
  assert.equal(await second, 9);
  assert.equal(workers.length, 1);
}, 1);

test("Pool rejects the item at which its worker spoke nonsense, and runs the rest elsewhere", { timeout: 30_000 }, async () => {
  let nonsense = true;
  const made = loopbackPool(1, async (channel, setup) => {
    if (!nonsense) return await poolWorkerMain(channel, setup);
    nonsense = false;
    channel.send(Uint8Array.of(4));
    channel.onFrame((frame) => frame[0] === 2 && channel.send(Uint8Array.of(99)));
    await channel.closed;
  });
  const it = made.pool.imap(tasks.square, [1, 2, 3], { chunksize: 3, retries: 1 });
  await assert.rejects(it.next(), (e: Error) => e instanceof mp.SerializationError && /breaks the protocol/.test(e.message));
  assert.deepEqual([(await it.next()).value, (await it.next()).value], [4, 9]);
  assert.equal(made.workers.length, 2);
  await made.pool.terminate();
});

test("Pool starts 200 workers, which all work [test_large_pool, 4.3 #13]", { timeout: 60_000 }, async () => {
  const { pool, workers } = loopbackPool(200);
  const items = Array.from({ length: 1000 }, (_, i) => i);
  assert.deepEqual(await pool.map(tasks.squareLater, items, { chunksize: 1 }), items.map((x) => x * x));
  await pool.map(tasks.squareLater, items, { chunksize: 1 });
  assert.equal(workers.length, 200);
  pool.close();
  await pool.join();
  assert.equal(pool.statistics().workers, 0);
});

test("Pool makes chunks as Python does [2.3 default chunksize]", async () => {
  for (const [items, workers, chunksize] of [[100, 3, 9], [13, 3, 2], [12, 3, 1], [1, 4, 1]] as const) {
    assert.equal(defaultChunksize(items, workers), chunksize);
  }
  const { pool } = loopbackPool(3);
  const results = pool.mapAsync(tasks.squareLater, Array.from({ length: 100 }, (_, i) => i));
  assert.equal(pool.statistics().tasks, 12);
  await results;
  await pool.terminate();
});

claim("keeps neither arguments nor results once it has given them out [test_release_task_refs]", async ({ pool }) => {
  const given: WeakRef<object>[] = [];
  const alive = () => given.filter((ref) => ref.deref() !== undefined).length;
  // There is no way to call the collector on every runtime, but large buffers bring it along.
  for (let i = 0; i < 200 && (i < 20 || alive() > given.length / 2); i++) {
    const item = new Uint8Array(2_000_000);
    const [applied, mapped] = [await pool.apply(tasks.echo<object>, [item]), await pool.map(tasks.echo<object>, [item])];
    for (const value of [item, applied, ...mapped]) given.push(new WeakRef(value));
    for await (const value of pool.imap(tasks.echo<object>, [item])) given.push(new WeakRef(value));
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.ok(alive() <= given.length / 2, `${alive()} of ${given.length} are kept`);
  assert.equal(pool.statistics().tasks, 0);
}, 1);

claim("can be looked at", async ({ pool }) => {
  assert.equal(String(pool), "<BasePool running size=2>");
  assert.deepEqual(Object.keys(pool.statistics()), ["state", "size", "workers", "idle", "tasks"]);
  assert.match(String(pool.applyAsync(tasks.square, [1])), /^<AsyncResult pending>$/);
});
