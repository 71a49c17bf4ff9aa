/** What `imap` and `imapUnordered` promise. The workers run in this unit. Rows: python-behaviour.md 2.3, 2.16 #6 and #17, 4.3 #8. */
import { test } from "node:test";
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import type { BasePool, PoolOptions } from "../../src/pool/pool.ts";
import * as tasks from "./fixtures/tasks.ts";
import { type LoopbackPool, loopbackPool } from "./support/loopback_pool.ts";

function claim(text: string, run: (pool: BasePool, made: LoopbackPool) => Promise<void>, options: number | PoolOptions = 2): void {
  test(`imap ${text}`, { timeout: 30_000 }, async () => {
    const made = loopbackPool(options);
    try {
      await run(made.pool, made);
    } finally {
      await made.pool.terminate();
    }
  });
}

async function collected<T>(it: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of it) all.push(value);
  return all;
}

function* naturals(log?: { drawn: number; returned: boolean }): Generator<number> {
  try {
    for (let i = 0;; i++) {
      if (log) log.drawn = i + 1;
      yield i;
    }
  } finally {
    if (log) log.returned = true;
  }
}

async function* naturalsLater(log?: { drawn: number; returned: boolean }): AsyncGenerator<number> {
  for (const i of naturals(log)) {
    await null;
    yield i;
  }
}

/** Lets everything that is under way in this unit come to rest: the workers of these tests are in it. */
async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
}

claim("gives results in order, and imapUnordered the same set [test_imap, test_imap_unordered]", async (pool) => {
  const items = Array.from({ length: 1000 }, (_, i) => i);
  const squares = items.map((x) => x * x);
  for (const options of [undefined, { chunksize: 7 }, { chunksize: 100 }, { buffersize: 1 }, { buffersize: 3, chunksize: 50 }]) {
    assert.deepEqual(await collected(pool.imap(tasks.square, items, options)), squares);
    assert.deepEqual((await collected(pool.imapUnordered(tasks.square, items, options))).sort((a, b) => a - b), squares);
  }
  const it = pool.imap(tasks.square, [2]);
  assert.deepEqual(await it.next(), { done: false, value: 4 });
  assert.deepEqual(await it.next(), { done: true, value: undefined });
  assert.deepEqual(await it.next(), { done: true, value: undefined });
});

claim("gives results as they are done when unordered", async (pool) => {
  let open!: () => void;
  (globalThis as Record<string, unknown>).imapGate = new Promise<void>((resolve) => (open = resolve));
  const it = pool.imapUnordered(async (x: number) => {
    if (x === 0) await (globalThis as Record<string, unknown>).imapGate;
    return x;
  }, [0, 1, 2]);
  assert.deepEqual([(await it.next()).value, (await it.next()).value], [1, 2]);
  open();
  assert.equal((await it.next()).value, 0);
});

claim("goes on after an item that failed, whatever the chunks [2.16 #17]", async (pool) => {
  for (const chunksize of [1, 2, 5]) {
    const it = pool.imap(tasks.squareOrThrow, [0, 1, 2, 3, 4, 5], { chunksize });
    const seen: unknown[] = [];
    for (;;) {
      const step = await it.next().catch((e: Error) => ({ done: false, value: e.name }));
      if (step.done) break;
      seen.push(step.value);
    }
    assert.deepEqual(seen, [0, 1, 4, "RangeError", 16, 25]);
  }
});

claim(
  "gives the results before an error of the iterable, then the error [test_imap_handle_iterable_exception, test_imap_unordered_handle_iterable_exception]",
  async (pool) => {
    const failing = function* () {
      for (let i = 0; i < 20; i++) {
        if (i === 7) throw new SyntaxError("from the iterable");
        yield i;
      }
    };
    for (const chunksize of [1, 2, 4]) {
      for (const method of ["imap", "imapUnordered"] as const) {
        const it = pool[method](tasks.square, failing(), { chunksize });
        const seen: unknown[] = [];
        for (;;) {
          const step = await it.next().catch((e: Error) => ({ done: false, value: e.message }));
          if (step.done) break;
          seen.push(step.value);
        }
        assert.equal(seen.length, 8);
        assert.ok(seen.includes("from the iterable"));
        if (method === "imap") assert.deepEqual(seen, [0, 1, 4, 9, 16, 25, 36, "from the iterable"]);
      }
    }
  },
);

for (const [kind, source] of [["an endless generator", naturals], ["an endless asynchronous generator", naturalsLater]] as const) {
  claim(`draws from ${kind} only as far as its window, and lets go of it at a break [2.16 #6, 4.3 #8]`, async (pool) => {
    for (const [options, window] of [[undefined, 8], [{ chunksize: 3 }, 24], [{ buffersize: 5 }, 5]] as const) {
      const log = { drawn: 0, returned: false };
      let taken = 0;
      for await (const x of pool.imap(tasks.square, source(log), options)) {
        assert.equal(x, taken * taken);
        taken++;
        await settled();
        assert.ok(log.drawn <= taken + window, `${log.drawn} drawn, ${taken} taken`);
        if (taken === 30) break;
      }
      await settled();
      assert.ok(log.returned);
      assert.ok(log.drawn <= 30 + window);
    }
    assert.equal(pool.statistics().tasks, 0);
  });
}

claim("does not wait in return() for an iterable that waits itself", async (pool) => {
  const never = (async function* () {
    yield 1;
    await new Promise(() => {});
  })();
  for await (const x of pool.imap(tasks.square, never)) {
    assert.equal(x, 1);
    break;
  }
});

claim("loses no item to a timeout or a signal [timing of next(timeout)]", async (pool) => {
  let open!: () => void;
  (globalThis as Record<string, unknown>).imapGate = new Promise<void>((resolve) => (open = resolve));
  const it = pool.imap(async (x: number) => {
    await (globalThis as Record<string, unknown>).imapGate;
    return x;
  }, [0, 1, 2]);
  await assert.rejects(it.next({ timeout: 1 }), mp.TimeoutError);
  await assert.rejects(it.next({ timeout: 0 }), mp.TimeoutError);
  const reason = new Error("enough");
  const abort = new AbortController();
  const waiting = it.next({ signal: abort.signal });
  abort.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(it.next({ timeout: NaN }), TypeError);
  open();
  assert.deepEqual([(await it.next({ timeout: 10_000 })).value, (await it.next()).value, (await it.next()).value], [0, 1, 2]);
  assert.equal((await it.next({ timeout: 0 })).done, true);
});

claim("serves several next() in the order of the calls", async (pool) => {
  const it = pool.imap(tasks.squareLater, [1, 2, 3]);
  const steps = await Promise.all([it.next(), it.next(), it.next(), it.next(), it.next()]);
  assert.deepEqual(steps.map((s) => s.done ? "done" : s.value), [1, 4, 9, "done", "done"]);
});

claim("ends with the reason of its signal", async (pool) => {
  const abort = new AbortController();
  const log = { drawn: 0, returned: false };
  const it = pool.imap((_: number) => new Promise<number>(() => {}), naturals(log), { signal: abort.signal });
  const waiting = [it.next(), it.next()];
  const reason = new Error("enough");
  abort.abort(reason);
  await assert.rejects(waiting[0]!, reason);
  assert.equal((await waiting[1]!).done, true);
  assert.equal((await it.next()).done, true);
  assert.ok(log.returned);
  assert.equal(await pool.apply(tasks.square, [3]), 9);
  const late = pool.imap(tasks.square, [1], { signal: abort.signal });
  await assert.rejects(late.next(), reason);
});

for (const [kind, source] of [["a generator", naturals], ["an asynchronous generator", naturalsLater]] as const) {
  claim(`lets go of ${kind} whose own code aborts it`, async (pool) => {
    const log = { drawn: 0, returned: false };
    const abort = new AbortController();
    const set = (drawn: number) => drawn === 3 && abort.abort();
    const told = new Proxy(log, { set: (target, key, value) => (set(value), Reflect.set(target, key, value)) });
    const it = pool.imap(tasks.square, source(told), { signal: abort.signal, grace: Infinity });
    const error = await collected(it).catch((e: unknown) => e);
    assert.equal(error, abort.signal.reason);
    await settled();
    assert.deepEqual(log, { drawn: 3, returned: true });
  });
}

claim("rejects with the failure of an iterator that breaks the rules", async (pool) => {
  const secret = {
    get done(): boolean {
      throw new RangeError("from done");
    },
    value: 1,
  };
  for (const step of [() => undefined, () => secret, async () => undefined, async () => secret]) {
    const broken = { [Symbol.asyncIterator]: () => ({ next: step }) } as unknown as AsyncIterable<number>;
    const it = pool.imap(tasks.square, broken);
    await assert.rejects(it.next(), /from done|TypeError/);
    assert.equal((await it.next()).done, true);
    await assert.rejects(pool.map(tasks.square, broken), /from done|TypeError/);
  }
  pool.close();
  await pool.join();
});

claim("ends with a TimeoutError when its time is up, and lets go of the iterable", async (pool) => {
  const log = { drawn: 0, returned: false };
  const it = pool.imap((_: number) => new Promise<number>(() => {}), naturals(log), { timeout: 20, grace: 0 });
  const late = (e: Error) => e instanceof mp.TimeoutError && /iteration: its timeout of 20 ms/.test(e.message);
  await assert.rejects(it.next(), late);
  assert.equal((await it.next()).done, true);
  assert.ok(log.returned);
  assert.equal(await pool.apply(tasks.square, [3]), 9);
  await assert.rejects(pool.imap(tasks.square, naturals(log), { timeout: 0 }).next(), mp.TimeoutError);
  assert.deepEqual(await collected(pool.imap(tasks.square, [1, 2], { timeout: 60_000 })), [1, 4]);
});

claim("loses only the item that its worker died of [4.3 #1]", async (pool, { workers }) => {
  (globalThis as Record<string, unknown>).imapDie = () => {
    workers.at(-1)!.die(9);
    return new Promise(() => {});
  };
  const it = pool.imap((x: number) => x === 7 ? ((globalThis as Record<string, unknown>).imapDie as () => Promise<number>)() : x, [
    5,
    6,
    7,
    8,
    9,
  ], { chunksize: 5 });
  const seen: unknown[] = [];
  for (;;) {
    const step = await it.next().catch((e: mp.WorkerDiedError) => ({ done: false, value: e.exitcode === 9 ? e.name : e }));
    if (step.done) break;
    seen.push(step.value);
  }
  assert.deepEqual(seen, [5, 6, "WorkerDiedError", 8, 9]);
}, 1);

claim("gives an error for each of many items in a row that cannot travel, also after join()", async (pool) => {
  const items = Array.from({ length: 5000 }, () => Symbol("stays here"));
  const it = pool.imap(tasks.echo<symbol>, items);
  pool.close();
  await pool.join();
  for (const _ of items) await assert.rejects(it.next(), mp.SerializationError);
  assert.equal((await it.next()).done, true);
});

claim("holds back results after close(), and a reader who waits for join() first still gets all", async (pool) => {
  const log = { drawn: 0, returned: false };
  const items = Array.from({ length: 100 }, (_, i) => i);
  const it = pool.imap(
    tasks.square,
    (function* () {
      for (const i of items) {
        log.drawn++;
        yield i;
      }
    })(),
  );
  pool.close();
  await settled();
  assert.ok(log.drawn <= 8, `${log.drawn} drawn`);
  await pool.join();
  assert.equal(log.drawn, 100);
  assert.equal((await collected(it)).length, 100);
});
