/** `Thread`. Rows: python-behaviour.md 1.8 and 2.11. */
import { test } from "node:test";
import assert from "node:assert/strict";
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import * as threading from "@fenshen/multiprocessing/threading";
import { leavesNothingBehind } from "../support/leftovers.ts";
import * as work from "./fixtures/work.ts";

const { Thread } = threading;

function claim(text: string, run: () => void | Promise<void>): void {
  test(`Thread ${text}`, { timeout: 60_000 }, run);
}

/** Starts a thread and waits for its end. */
async function finish(thread: threading.Thread): Promise<void> {
  await thread.start();
  await thread.join();
}

claim("goes from initial to started to stopped, and keeps its ident [test_various_ops]", async () => {
  const [begun, go] = [new threading.Event(), new threading.Event()];
  const thread = new Thread({ target: work.waitFor, args: [begun, go], name: "one" });
  assert.equal(String(thread), "<Thread(one, initial)>");
  assert.deepEqual([thread.isAlive(), thread.ident, thread.nativeId], [false, null, null]);
  await thread.start();
  const { ident } = thread;
  assert.ok(Number.isInteger(ident) && ident !== threading.getIdent());
  assert.equal(String(thread), `<Thread(one, started ${ident})>`);
  await begun.wait();
  assert.equal(thread.isAlive(), true);
  await go.set();
  assert.equal(await thread.join(), undefined);
  assert.equal(await thread.join(), undefined, "may be joined again");
  assert.deepEqual([thread.isAlive(), thread.ident], [false, ident]);
  assert.equal(String(thread), `<Thread(one, stopped ${ident})>`);
});

claim("is named after its number and its target, an empty name counts as none [test_name]", () => {
  const first = new Thread().name;
  assert.match(first, /^Thread-\d+$/);
  const number = Number(first.slice("Thread-".length));
  assert.equal(new Thread({ name: "somebody" }).name, "somebody");
  assert.equal(new Thread({ target: work.nothing, name: "" }).name, `Thread-${number + 1} (nothing)`);
  assert.equal(new Thread({ target: () => {} }).name, `Thread-${number + 2} (target)`);
  assert.equal(new work.Greeter("hello", new mp.Queue<string>()).name, "greeter");
  const thread = new Thread();
  assert.equal(thread.name, `Thread-${number + 3}`);
  thread.name = "renamed";
  assert.equal(thread.name, "renamed");
  assert.throws(() => thread.name = 5 as unknown as string, TypeError);
});

claim("runs its target in a thread, which knows who it is, who is the main thread and whom it can see", async () => {
  const queue = new mp.Queue<Record<string, unknown>>();
  const thread = new Thread({ target: work.tellWhoIAm, args: [queue], name: "somebody" });
  await thread.start();
  const told = await queue.get();
  await thread.join();
  assert.deepEqual(told, {
    name: "somebody",
    daemon: false,
    alive: true,
    ident: thread.ident,
    getIdent: thread.ident,
    same: true,
    main: { name: "MainThread", ident: threading.getIdent(), daemon: false, alive: true },
    listed: ["MainThread", "somebody"],
    count: 2,
    pid: process.pid,
    isMain: false,
  });
});

claim("takes its arguments from an array or another iterable [test_args_argument]", async () => {
  const queue = new mp.Queue<unknown>();
  for (const args of [[queue, 1, [2n]], new Set([queue, 1, [2n]])]) {
    await finish(new Thread({ target: work.echo as (...all: unknown[]) => Promise<void>, args }));
    assert.deepEqual(await queue.get(), [1, [2n]]);
  }
});

claim("copies what it is given, and changes its own globals only", async () => {
  const queue = new mp.Queue<number>();
  for (let i = 0; i < 2; i++) await finish(new Thread({ target: work.count, args: [queue] }));
  assert.deepEqual([await queue.get(), await queue.get(), work.counted()], [1, 1, 0]);
});

claim("without a target ends at once, and run() may be called like any method", async () => {
  await finish(new Thread());
  let calls = 0;
  await new Thread({ target: (more: number) => calls += more, args: [2] }).run();
  assert.equal(calls, 2);
});

claim("runs the run() of a subclass with the object's own fields", async () => {
  const queue = new mp.Queue<string>();
  const thread = new work.Greeter("hello", queue);
  await finish(thread);
  assert.equal(await queue.get(), "hello from greeter, true, true");
});

claim("in a thread is numbered after both, and is a daemon where its creator is one", async () => {
  for (const daemon of [false, true]) {
    const queue = new mp.Queue<unknown>();
    const thread = new Thread({ target: work.nest, args: [queue], daemon });
    await finish(thread);
    const number = /\d+/.exec(thread.name)![0];
    const told = await queue.get() as Record<string, unknown>;
    const name = `Thread-${number}:1 (tellWhoIAm)`;
    assert.deepEqual([told.name, told.daemon, told.listed], [name, daemon, ["MainThread", name]]);
    assert.equal((told.main as { ident: number }).ident, threading.mainThread().ident);
    assert.deepEqual(await queue.get(), [name, daemon, `Thread-${number}:2`, "x"]);
  }
});

claim("is listed while it lives, and no process is [test_enumerate_after_join]", async () => {
  const [begun, go] = [new threading.Event(), new threading.Event()];
  const thread = new Thread({ target: work.waitFor, args: [begun, go], daemon: true });
  const p = new (mp.getContext("thread").Process)({ target: work.waitFor, args: [begun, go] });
  assert.equal(threading.activeCount(), 1);
  await Promise.all([thread.start(), p.start()]);
  assert.deepEqual(threading.enumerate(), [threading.mainThread(), thread]);
  assert.deepEqual(mp.activeChildren(), [p]);
  await go.set();
  await Promise.all([thread.join(), p.join()]);
  assert.deepEqual(threading.enumerate(), [threading.mainThread()]);
});

claim("can be waited for with a timeout and a signal [test_join]", async () => {
  const [begun, go] = [new threading.Event(), new threading.Event()];
  const thread = new Thread({ target: work.waitFor, args: [begun, go] });
  await thread.start();
  for (const timeout of [0, -1, 1]) {
    assert.equal(await thread.join({ timeout }), undefined);
    assert.equal(thread.isAlive(), true);
  }
  const reason = new Error("enough");
  await assert.rejects(thread.join({ signal: AbortSignal.abort(reason) }), reason);
  await assert.rejects(thread.join({ timeout: NaN }), TypeError);
  await go.set();
  await thread.join();
  assert.equal(thread.isAlive(), false);
});

claim("refuses what Python refuses [ThreadingExceptionTests]", async () => {
  const thread = new Thread({ target: work.nothing });
  await assert.rejects(thread.join(), mp.ProcessError);
  await thread.start();
  await assert.rejects(thread.start(), /Cannot start Thread-\d+ \(nothing\): a thread can be started once/);
  assert.throws(() => thread.daemon = true, mp.ProcessError);
  await thread.join();
  await assert.rejects(thread.start(), mp.ProcessError, "also after its end");
  assert.throws(() => thread.daemon = true, mp.ProcessError);
  const queue = new mp.Queue<string[]>();
  await finish(new Thread({ target: work.misuse, args: [queue] }));
  assert.deepEqual(await queue.get(), Array(4).fill("ProcessError"));
});

claim("refuses bad options in the constructor and what cannot travel in start()", async () => {
  for (const options of [5, { target: 5 }, { args: 5 }, { name: 5 }, { daemon: 1 }, { kwargs: {} }, { permissions: {} }]) {
    assert.throws(() => new Thread(options as threading.ThreadOptions), { name: "TypeError", message: /^Cannot make a Thread: / });
  }
  let captured = 0;
  const thread = new Thread({ target: () => captured++ });
  await assert.rejects(thread.start(), (error: Error) => error instanceof mp.SerializationError && /captured/.test(error.message));
  await assert.rejects(thread.join(), mp.SerializationError);
  assert.equal(thread.isAlive(), false);
  // So `await using` shows the failure of `start()` itself, in no SuppressedError.
  await thread[Symbol.asyncDispose]();
  assert.equal(captured, 0);
});

claim("is a daemon if told so, settable before the start [test_daemon_param]", () => {
  const thread = new Thread();
  assert.equal(thread.daemon, false);
  thread.daemon = true;
  assert.equal(thread.daemon, true);
  assert.throws(() => thread.daemon = 1 as unknown as boolean, TypeError);
  assert.match(String(new Thread({ daemon: true, name: "d" })), /^<Thread\(d, initial daemon\)>$/);
});

claim("is joined when its scope ends, and a daemon stopped, also in an endless loop", async () => {
  const thread = new Thread({ target: work.nothing });
  await thread.start();
  await thread[Symbol.asyncDispose]();
  assert.equal(thread.isAlive(), false);
  const busy = new Thread({ target: work.spin, daemon: true });
  await busy.start();
  await busy[Symbol.asyncDispose]();
  assert.equal(busy.isAlive(), false);
  await new Thread()[Symbol.asyncDispose]();
});

claim("gives back the lock it ended with", async () => {
  const lock = new threading.Lock();
  await finish(new Thread({ target: work.leaveLocked, args: [lock] }));
  assert.equal(await lock.acquire(), true);
  assert.equal(lock.abandoned, true);
  await lock.release();
});

claim("may send objects that this thread has never made", async () => {
  const [queue, go] = [new mp.Queue<threading.Lock>(), new threading.Event()];
  const thread = new Thread({
    target: work.sendLock as (queue: mp.Queue<threading.Lock>, go: threading.Event) => Promise<void>,
    args: [queue, go],
  });
  await thread.start();
  const lock = await queue.get();
  assert.ok(lock instanceof threading.Lock);
  assert.equal(await lock.acquire({ block: false }), false);
  await go.set();
  await thread.join();
});

claim("meets others at a barrier, each gets a number of its own [test_wait_return]", async () => {
  const [barrier, queue] = [new threading.Barrier(3), new mp.Queue<number>()];
  const threads = Array.from({ length: 3 }, () => new Thread({ target: work.meet, args: [barrier, queue] }));
  await Promise.all(threads.map((thread) => thread.start()));
  await Promise.all(threads.map((thread) => thread.join()));
  assert.deepEqual([await queue.get(), await queue.get(), await queue.get()].sort(), [0, 1, 2]);
});

test("the main thread is alive, no daemon, and can be neither joined nor started [test_main_thread]", async () => {
  const main = threading.mainThread();
  assert.equal(threading.currentThread(), main);
  assert.ok(main instanceof Thread);
  assert.deepEqual([main.name, main.daemon, main.isAlive(), main.ident], ["MainThread", false, true, threading.getIdent()]);
  assert.match(String(main), /^<MainThread\(MainThread, started \d+\)>$/);
  await assert.rejects(main.join(), mp.ProcessError);
  await assert.rejects(main.start(), mp.ProcessError);
  assert.throws(() => main.daemon = true, mp.ProcessError);
});

leavesNothingBehind(() => threading.enumerate().filter((thread) => thread !== threading.mainThread()).map(String));
