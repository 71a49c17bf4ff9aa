import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { AuthenticationError, ClosedError, Empty, ProcessError, RemoteError } from "@fenshen/multiprocessing";
import { BaseManager, kwargs, type Proxied, PythonProxy, SyncManager } from "@fenshen/multiprocessing/managers";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { pythons } from "../support/pythons.ts";

const program = fileURLToPath(new URL("./fixtures/python_manager.py", import.meta.url));
const key = new TextEncoder().encode("a secret");

/** The counter of the Python program. */
interface Counter {
  add(n: unknown, more?: unknown): number;
  fail(kind: string): never;
  strange(): unknown;
  unpicklable(): unknown;
  numbers(): PythonProxy;
}

interface Queue {
  put(item: unknown): void;
  get(...args: unknown[]): unknown;
  putNowait(item: unknown): void;
  taskDone(): void;
  join(): void;
}

class Manager extends BaseManager {
  declare get_queue: () => Promise<Proxied<Queue, PythonProxy>>;
  declare dict: (from?: unknown) => Promise<Proxied<Map<string, unknown>, PythonProxy>>;
  declare list: (
    from?: unknown,
  ) => Promise<Proxied<{ append(item: unknown): void; get(at: number): unknown; sort(by: unknown): void; length(): number }, PythonProxy>>;
  declare Counter: (start?: unknown) => Promise<Proxied<Counter, PythonProxy>>;
  declare nothing: () => Promise<PythonProxy>;
}
for (const typeid of ["get_queue", "dict", "list", "Counter", "nothing"]) Manager.register(typeid);

for (const { version, executable, skip } of pythons) {
  describe(`a manager of Python ${version}`, { skip }, () => {
    let server: ChildProcess;
    let manager: Manager;

    before(async () => {
      server = spawn(executable!, [program, "server"], { stdio: ["ignore", "pipe", "inherit"] });
      const port = await new Promise<number>((resolve) => server.stdout!.once("data", (line: Buffer) => resolve(Number(line))));
      manager = new Manager({ address: ["127.0.0.1", port], authkey: key, codec: "pickle" });
      await manager.connect();
    });

    after(async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      await manager[Symbol.asyncDispose]();
      server.kill();
      await ended;
    });

    it("gives and takes the items of a queue, also while another call waits", async () => {
      const queue = await manager.get_queue();
      const waiting = queue.get();
      await queue.put({ from: "typescript", data: Object.freeze([1, new Set([2])]) });
      assert.deepEqual(await waiting, new Map<string, unknown>([["from", "typescript"], ["data", [1, new Set([2])]]]));
      await assert.rejects(queue.get(kwargs({ timeout: 0.01 })), Empty);
      await assert.rejects(queue.get(false), Empty);
      await queue.putNowait(1);
      assert.equal(await queue.get(true, 10), 1);
      await Promise.all([queue.taskDone(), queue.taskDone(), queue.join()]);
      await queue.close();
    });

    it("has dicts and lists, with Python's methods and the names of our own proxies", async () => {
      const dict = await manager.dict({ a: 1 });
      await dict.callMethod("__setitem__", ["b", [2n ** 70n]]);
      await dict.set("c", 3);
      assert.equal(await dict.has("c"), true);
      assert.equal(await dict.get("zzz"), null);
      await dict.delete("c");
      assert.deepEqual(await dict.getValue(), new Map<string, unknown>([["a", 1], ["b", [2n ** 70n]]]));
      await assert.rejects(dict.callMethod("__getitem__", ["c"]), { name: "RangeError", message: "KeyError: 'c'" });
      const keys: unknown[] = [];
      for await (const name of dict) keys.push(name);
      assert.deepEqual(keys, ["a", "b"]);
      const list = await manager.list([3, 1, 2]);
      await list.sort(kwargs({ reverse: true }));
      assert.deepEqual([await list.getValue(), await list.get(-1), await list.length()], [[3, 2, 1], 1, 3]);
      assert.equal(await list.repr(), "[3, 2, 1]");
      await Promise.all([dict.close(), list.close()]);
    });

    it("has objects of a registered class, with keywords and errors", async () => {
      const counter = await manager.Counter(kwargs({ start: 5 }));
      assert.equal(await counter.add(2, kwargs({ times: 10 })), 25);
      await assert.rejects(counter.fail("value"), { name: "RangeError", message: "bad" });
      await assert.rejects(counter.fail("custom"), (error) => error instanceof RemoteError && /Custom: own, 1/.test(error.message));
      await assert.rejects(counter.strange(), { name: "SerializationError", message: /Counter/ });
      await assert.rejects(counter.unpicklable(), (error) => error instanceof RemoteError && /^Unserializable/.test(error.message));
      await assert.rejects(
        counter.callMethod("value"),
        (error) => error instanceof RemoteError && /not in exposed/.test(error.message),
      );
      assert.equal(await counter.add(0), 25);
      await counter.close();
    });

    it("gives proxies for what a method leaves there", async () => {
      const counter = await manager.Counter();
      const numbers = await counter.numbers();
      assert.ok(numbers instanceof PythonProxy);
      assert.equal(await numbers.callMethod("__next__"), 0);
      const rest: unknown[] = [];
      for await (const n of numbers) rest.push(n);
      assert.deepEqual(rest, [1, 2]);
      await Promise.all([numbers.close(), counter.close()]);
    });

    const noNesting = version === "3.8" && "RebuildProxy of Python 3.8 hands AutoProxy an argument that it does not take";

    it("nests proxies, and forgets what nobody has a reference to", { skip: skip || noNesting }, async () => {
      const [outer, inner] = [await manager.list(), await manager.list([1])];
      await outer.append(inner);
      await inner.append(2);
      const again = await outer.get(0);
      assert.ok(again instanceof PythonProxy);
      assert.deepEqual(await again.getValue(), [1, 2]);
      assert.equal(await manager.numberOfObjects(), 2);
      assert.match(await manager.debugInfo(), /refcount=2/);
      await Promise.all([again.close(), inner.close(), outer.close()]);
      assert.equal(await manager.numberOfObjects(), 0);
    });

    it("gets back what a manager that is disposed had", async () => {
      const other = new Manager({ address: manager.address!, authkey: key, codec: "pickle" });
      await other.connect();
      const list = await other.list();
      await list.append(1);
      assert.equal(await manager.numberOfObjects(), 1);
      await other[Symbol.asyncDispose]();
      assert.equal(await manager.numberOfObjects(), 0);
      await assert.rejects(list.append(2), ClosedError);
      await assert.rejects(other.list(), ClosedError);
    });

    it("says so when a type is unknown or an object is gone", async () => {
      await assert.rejects(manager.nothing(), (error) => error instanceof RemoteError && /KeyError: 'nothing'/.test(error.message));
      const list = await manager.list();
      await list.close();
      await assert.rejects(list.append(1), ClosedError);
    });

    it("refuses who does not know the key", async () => {
      const stranger = new Manager({ address: manager.address!, authkey: new TextEncoder().encode("guess"), codec: "pickle" });
      await assert.rejects(stranger.connect(), AuthenticationError);
      await assert.rejects(stranger.list(), ProcessError);
    });
  });
}

describe("the codec of a manager", () => {
  it("is one of two, and a SyncManager's is native", () => {
    assert.throws(() => new BaseManager({ codec: "json" as never }), { name: "TypeError", message: /codec must be "native" or "pickle"/ });
    assert.throws(() => new SyncManager({ codec: "pickle" }), { name: "TypeError", message: /PythonManager\.register/ });
  });
});

leavesNothingBehind();
