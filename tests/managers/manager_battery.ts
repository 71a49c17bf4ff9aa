/** What must hold for managers whatever the start method. Rows: python-behaviour.md 2.9. */
import assert from "node:assert/strict";
import fs from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as mp from "@fenshen/multiprocessing";
import { BaseProxy, DictProxy, type ListProxy, SyncManager } from "@fenshen/multiprocessing/managers";
import { collect } from "../support/collect.ts";
import { until } from "../support/until.ts";
import * as units from "./fixtures/units.ts";
import { SharedManager } from "./support/shared_manager.ts";

const LIMIT = { timeout: 90_000 };
/** For managers that must end by themselves, on a busy machine too: not by the signal that comes after a second. */
const PATIENT = { shutdownTimeout: 60_000 };

/** Runs the battery with managers and children of a start method. */
export function managerBattery(method: mp.StartMethod): void {
  const ctx = mp.getContext(method);

  async function launch<A extends unknown[]>(target: (...args: A) => unknown, args: A): Promise<mp.BaseProcess> {
    const child = new ctx.Process({ target, args });
    await child.start();
    return child;
  }

  const processOf = (manager: { toString(): string }) => {
    const name = manager instanceof SyncManager ? "SyncManager" : "MyManager";
    return mp.activeChildren().find((child) => child.name.startsWith(name))!;
  };

  const shared = new SharedManager(() => ctx.Manager(PATIENT));
  /** A test that leaves the manager as it was, but for objects. */
  const withManager = (name: string, run: (manager: SyncManager) => Promise<void>) => test(name, LIMIT, () => shared.use(run, false));
  /** A test that counts the objects of the manager, and lets all go. */
  const withEmpty = (name: string, run: (manager: SyncManager) => Promise<void>) => test(name, LIMIT, () => shared.use(run, true));
  const own = new SharedManager(async () => {
    const manager = new units.MyManager({ ctx });
    await manager.start(units.greet, ["hello"]);
    return manager;
  });

  withEmpty(`an object lives while its proxy is under way, though everybody (${method}) has let it go [2.16 #18]`, async (manager) => {
    const [queue, answers, go] = [new ctx.Queue<ListProxy<number>>(), new ctx.Queue<number>(), new ctx.Event()];
    const child = await launch(units.takeLater, [queue, go, answers]);
    const list = await manager.list([1, 2, 3]);
    await queue.put(list);
    list.close();
    await assert.rejects(list.length(), mp.ClosedError);
    assert.equal(await manager.numberOfObjects(), 1);
    await go.set();
    assert.equal(await answers.get(), 3);
    assert.equal(await child.join(), 0);
    await freed(manager);
  });

  withEmpty(`a proxy that a child (${method}) has sent outlives it [2.9 proxies]`, async (manager) => {
    const queue = new ctx.Queue<ListProxy<number>>();
    const dict = await manager.dict<string, ListProxy<number>>();
    const list = await manager.list([5]);
    await dict.set("list", list);
    list.close();
    const child = await launch(units.sendFrom, [dict, queue]);
    assert.equal(await child.join(), 0);
    await dict.clear();
    const arrived = await queue.get();
    assert.deepEqual(await arrived.toArray(), [5]);
    arrived.close();
    dict.close();
    await freed(manager);
  });

  withEmpty(`numberOfObjects() and debugInfo() (${method}) tell what there is [2.9 debug_info]`, async (manager) => {
    assert.equal(await manager.numberOfObjects(), 0);
    const list = await manager.list<unknown>([1, 2]);
    await list.append(await manager.dict({ a: 1 }));
    assert.match(await manager.debugInfo(), /^ {2}\w{8}: {7}refcount=1\n {4}<list of 3>$/m);
    assert.match(await manager.debugInfo(), /<dict of 1>/);
    assert.equal(list.token.typeid, "list");
    assert.equal(list.token.address, manager.address);
    const popped = await list.pop();
    assert.ok(popped instanceof DictProxy);
    popped.close();
    await list.clear();
    list.close();
    list.close();
  });

  withEmpty(`what a killed client (${method}) held and referred to is given back [2.9 server thread blocked, 4.1 #18]`, async (manager) => {
    const [lock, dict, held] = [await manager.Lock(), await manager.dict<string, unknown>(), await manager.Event()];
    const child = await launch(units.holdForever, [lock, dict, held]);
    await held.wait();
    const waiting = lock.acquire();
    dict.close();
    child.kill();
    await child.join();
    assert.equal(await waiting, true);
    assert.equal(lock.abandoned, true);
    await freed(manager, 2);
  });

  withManager(`a child (${method}) uses every type, its parent sees it [TestSyncManagerTypes]`, async (manager) => {
    const all = await units.makeAll(manager);
    await all.joinable.put(1);
    const notified = all.condition.run(() => all.condition.wait());
    while ((await all.condition.statistics()).waiting < 1);
    const child = await launch(units.useAll, [all]);
    await all.barrier.wait();
    assert.equal(await all.event.wait(), true);
    assert.equal(await notified, true);
    await all.joinable.join();
    assert.equal(await child.join(), 0);
    assert.equal(await all.queue.get(), "from the child");
    assert.deepEqual(await all.list.toArray(), ["under the lock", "RangeError"]);
    assert.deepEqual([...await all.dict.copy()], [["square", 49]]);
    assert.deepEqual(await all.set.getValue(), new Set(["child"]));
    assert.equal(await all.value.get(), 2);
    assert.deepEqual(await all.array.getValue(), [1, 2, 30]);
    assert.deepEqual(await all.namespace.getValue(), { name: "Bob Smith" });
  });

  withManager(
    `a lock that a child (${method}) acquired may be released by its parent while the child lives [TestSyncManagerTypes]`,
    async (manager) => {
      const [lock, dict, held] = [await manager.Lock(), await manager.dict<string, unknown>(), await manager.Event()];
      const child = await launch(units.holdForever, [lock, dict, held]);
      await held.wait();
      assert.equal(await lock.locked(), true);
      await lock.release();
      await assert.rejects(lock.release(), RangeError);
      child.kill();
      await child.join();
    },
  );

  withManager(`update(fn) loses nothing when several units (${method}) change one object [2.9 compound operations]`, async (manager) => {
    const [dict, value, list] = [await manager.dict<string, number>(), await manager.Value("i", 0), await manager.list<number>()];
    const together = await manager.Barrier(2);
    const child = await launch(units.count, [together, dict, value, list, 30]);
    await units.count(together, dict, value, list, 30);
    assert.equal(await child.join(), 0);
    assert.equal(await dict.get("n"), 60);
    assert.equal(await value.get(), 60);
    assert.deepEqual(await list.toArray(), Array.from({ length: 60 }, (_, i) => i));
  });

  withManager(`a proxy in the arguments of a child (${method}) is its own, whatever its parent does [2.16 #18]`, async (manager) => {
    const [list, go] = [await manager.list([0]), await manager.Event()];
    const child = await launch(units.useAfter, [list, go]);
    list.close();
    await go.set();
    assert.equal(await child.join(), 0);
  });

  withManager(`proxies go through Pool tasks (${method}), as arguments, in proxies and as results [2.9 nested]`, async (manager) => {
    const outer = await manager.dict<string, ListProxy<number>>();
    await outer.set("inner", await manager.list<number>());
    const pool = new ctx.Pool(1);
    const inner = await pool.starmap(units.nest, [[outer, 1], [outer, 2], [outer, 3]]);
    assert.deepEqual((await inner[0]!.toArray()).sort(), [1, 2, 3]);
    assert.deepEqual((await inner[2]!.toArray()).sort(), [1, 2, 3]);
    await pool.terminate();
  });

  withManager(`a proxy in the initargs of a Pool (${method}) lives for workers that start later`, async (manager) => {
    const initargs = [await manager.list([1, 2, 3])];
    const pool = new ctx.Pool({ processes: 1, maxTasksPerChild: 1, initializer: units.keep, initargs });
    initargs.length = 0;
    for (let i = 0; i < 3; i++) {
      assert.equal(await pool.apply(units.lengthOfKept), 3);
      await collect();
    }
    await pool.terminate();
  });

  if (method !== "thread" && process.platform !== "win32") {
    withManager(`a manager (${method}) ignores SIGINT [SharedMemoryServer_ignores_sigint]`, async (manager) => {
      process.kill(processOf(manager).pid!, "SIGINT");
      const list = await manager.list([1]);
      assert.equal(await list.get(0), 1);
    });
  }

  test(`shutdown() (${method}) ends the process; afterwards nothing can be made [test_mymanager]`, LIMIT, async () => {
    const manager = await shared.take();
    const child = processOf(manager);
    const list = await manager.list();
    await Promise.all([manager.shutdown(), manager.shutdown()]);
    assert.equal(await child.join(), 0);
    await assert.rejects(list.length(), mp.BrokenPipeError);
    await assert.rejects(manager.list(), { name: "ProcessError", message: /shut down/ });
    await assert.rejects(manager.start(), { name: "ProcessError", message: /shut down/ });
    await manager.join();
  });

  test(`shutdown() (${method}) ends a manager that nobody has used`, LIMIT, async () => {
    const manager = await ctx.Manager(PATIENT);
    const child = processOf(manager);
    await manager.shutdown();
    assert.equal(await child.join(), 0);
    await assert.rejects(manager.list(), { name: "ProcessError", message: /shut down/ });
  });

  test(`the death of the manager (${method}) rejects every pending and later call with one error [2.9 after shutdown]`, LIMIT, async () => {
    const manager = await ctx.Manager();
    const [lock, list] = [await manager.Lock(), await manager.list([1])];
    await lock.acquire();
    const pending = [lock.acquire(), lock.acquire()].map((call) => assert.rejects(call, mp.BrokenPipeError));
    await list.length();
    processOf(manager).kill();
    await Promise.all(pending);
    await assert.rejects(list.get(0), {
      name: "BrokenPipeError",
      message: /^Cannot call get\(\) of ListProxy \w+: its manager has ended$/,
    });
    await assert.rejects(list.append(1), mp.BrokenPipeError);
    await assert.rejects(manager.list(), mp.BrokenPipeError);
    await manager.shutdown();
    await manager.shutdown();
  });

  if (method !== "thread" && process.platform !== "win32") {
    test(`shutdown() (${method}) kills a manager that is stopped, within its bounds`, LIMIT, async () => {
      const manager = new SyncManager({ ctx, shutdownTimeout: 100 });
      await manager.start();
      const list = await manager.list([1]);
      const child = processOf(manager);
      process.kill(child.pid!, "SIGSTOP");
      await until(() => isStopped(child.pid!));
      const pending = assert.rejects(list.get(0), mp.BrokenPipeError);
      await manager.shutdown();
      await pending;
      assert.equal(await child.join(), -9);
    });
  }

  test(`registered types (${method}): exposure, errors, promises [common]`, LIMIT, () =>
    own.use(async (manager) => {
      const foo = await manager.Foo();
      assert.ok(foo instanceof BaseProxy);
      assert.equal(await foo.f(), "f()");
      assert.equal(await foo.later(40), 41);
      await assert.rejects(foo.g(), { name: "RangeError", message: "g() is broken" });
      assert.equal("_h" in foo, false);
      await assert.rejects(foo.callMethod("_h"), mp.RemoteError);
      const bar = await manager.Bar();
      assert.equal(await bar._h(), "_h()");
      assert.equal(await bar.f(), "f()");
      assert.equal("g" in bar, false);
      await assert.rejects(foo.self(), mp.SerializationError);
      const own = await manager.Own();
      assert.ok(own instanceof units.FooProxy);
      assert.equal(await own.twice(), "f()f()");
      await assert.rejects(manager.Nothing === undefined ? Promise.reject(new TypeError()) : manager.Nothing(), TypeError);
    }, false));

  test(`methods of registered types (${method}) give proxies [common, IteratorProxy]`, LIMIT, () =>
    own.use(async (manager) => {
      const maker = await manager.Maker();
      const squares: number[] = [];
      for await (const square of await maker.numbers() as unknown as AsyncIterable<number>) squares.push(square);
      assert.deepEqual(squares, [0, 1, 4, 9, 16]);
      assert.equal(await (await maker.foo() as unknown as { f(): Promise<string> }).f(), "f()");
      const list = await maker.list() as unknown as ListProxy<number>;
      await list.append(3);
      assert.deepEqual(await list.toArray(), [1, 2, 3]);
      await assert.rejects(maker.unsendable(), mp.SerializationError);
    }, false));

  test(`an initializer runs in the manager (${method}) [test_manager_initializer]`, LIMIT, async () => {
    const manager = await own.take();
    assert.equal(await (await manager.greeting()).get(), "hello");
    await assert.rejects(manager.start(), { name: "ProcessError", message: /it is started/ });
    await assert.rejects(new units.MyManager({ ctx }).start(1 as never), TypeError);
    const failing = new units.MyManager({ ctx });
    await assert.rejects(failing.start(units.failToStart), { name: "RangeError", message: "no good start" });
    await failing.shutdown();
    await manager.shutdown();
  });

  test(`a manager (${method}) can be made in a child, also a daemon's [4.1 #14]`, LIMIT, async () => {
    const answers = new ctx.Queue<number>();
    const child = new ctx.Process({ target: units.ownManager, args: [answers], daemon: true });
    await child.start();
    assert.equal(await answers.get(), 2);
    assert.equal(await child.join(), 0);
  });
}

/** Whether a process has stopped, which it does a moment after the signal; taken for granted where the system does not tell. */
function isStopped(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return !fs.existsSync(stat) || /\) [Tt] /.test(fs.readFileSync(stat, "utf8"));
}

/** Waits until the manager has no more objects than that: a unit that has ended may not be noticed yet. */
async function freed(manager: SyncManager, objects = 0): Promise<void> {
  while (await manager.numberOfObjects() > objects) await sleep(10);
}
