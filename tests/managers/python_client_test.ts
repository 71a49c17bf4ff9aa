import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Empty, RemoteError } from "../../src/base/errors.ts";
import { PythonManagerClient, PythonProxy } from "../../src/managers/python/client.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { pythons } from "../support/pythons.ts";
import { connectTo } from "./fixtures/python_wire.ts";

const program = fileURLToPath(new URL("./fixtures/python_manager.py", import.meta.url));
const key = new TextEncoder().encode("a secret");

for (const { version, executable, skip } of pythons) {
  describe(`a manager of Python ${version}`, { skip }, () => {
    let server: ChildProcess;
    let client: PythonManagerClient;

    before(async () => {
      server = spawn(executable!, [program, "server"], { stdio: ["ignore", "pipe", "inherit"] });
      const port = await new Promise<number>((resolve) => server.stdout!.once("data", (line: Buffer) => resolve(Number(line))));
      client = new PythonManagerClient({ address: ["127.0.0.1", port], connect: () => connectTo(port, key) });
      await client.ping();
    });

    after(async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      await client.shutdown();
      client.close();
      assert.equal(await ended, 0);
    });

    it("gives and takes the items of a queue, also while another call waits", async () => {
      const queue = await client.create("get_queue");
      const waiting = queue.call("get");
      await queue.call("put", [{ from: "typescript", data: Object.freeze([1, new Set([2])]) }]);
      assert.deepEqual(await waiting, new Map<string, unknown>([["from", "typescript"], ["data", [1, new Set([2])]]]));
      await assert.rejects(queue.call("get", [], { timeout: 0.01 }), Empty);
      await queue.release();
    });

    it("has dicts and lists", async () => {
      const dict = await client.create("dict", [{ a: 1 }]);
      await dict.call("__setitem__", ["b", [2n ** 70n]]);
      assert.deepEqual(await dict.getValue(), new Map<string, unknown>([["a", 1], ["b", [2n ** 70n]]]));
      await assert.rejects(dict.call("__getitem__", ["c"]), { name: "RangeError", message: "KeyError: 'c'" });
      const list = await client.create("list", [[3, 1, 2]]);
      await list.call("sort", [], { reverse: true });
      assert.deepEqual(await list.getValue(), [3, 2, 1]);
      assert.equal(await list.repr(), "[3, 2, 1]");
      await Promise.all([dict.release(), list.release()]);
    });

    it("has objects of a registered class, with keywords and errors", async () => {
      const counter = await client.create("Counter", [], { start: 5 });
      assert.equal(await counter.call("add", [2], { times: 10 }), 25);
      await assert.rejects(counter.call("fail", ["value"]), { name: "RangeError", message: "bad" });
      await assert.rejects(
        counter.call("fail", ["custom"]),
        (error) => error instanceof RemoteError && /Custom: own, 1/.test(error.message),
      );
      await assert.rejects(counter.call("strange"), { name: "SerializationError", message: /Counter/ });
      await assert.rejects(counter.call("unpicklable"), (error) => error instanceof RemoteError && /^Unserializable/.test(error.message));
      await assert.rejects(counter.call("value"), (error) => error instanceof RemoteError && /not in exposed/.test(error.message));
      assert.equal(await counter.call("add", [0]), 25);
      await counter.release();
    });

    it("gives proxies for what a method leaves there", async () => {
      const counter = await client.create("Counter");
      const numbers = await counter.call("numbers");
      assert.ok(numbers instanceof PythonProxy);
      assert.deepEqual([await numbers.call("__next__"), await numbers.call("__next__")], [0, 1]);
      await Promise.all([numbers.release(), counter.release()]);
    });

    const noNesting = version === "3.8" && "RebuildProxy of Python 3.8 hands AutoProxy an argument that it does not take";

    it("nests proxies, and forgets what nobody has a reference to", { skip: skip || noNesting }, async () => {
      const [outer, inner] = [await client.create("list"), await client.create("list", [[1]])];
      await outer.call("append", [inner]);
      await inner.call("append", [2]);
      const again = await outer.call("__getitem__", [0]);
      assert.ok(again instanceof PythonProxy);
      assert.deepEqual(await again.getValue(), [1, 2]);
      assert.equal(await client.numberOfObjects(), 2);
      assert.match(await client.debugInfo(), /refcount=2/);
      await Promise.all([again.release(), inner.release(), outer.release()]);
      assert.equal(await client.numberOfObjects(), 0);
    });

    it("says so when a type is unknown or an object is gone", async () => {
      await assert.rejects(client.create("nothing"), (error) => error instanceof RemoteError && /KeyError: 'nothing'/.test(error.message));
      const list = await client.create("list");
      await list.release();
      await assert.rejects(list.call("append", [1]), (error) => error instanceof RemoteError && /KeyError/.test(error.message));
    });
  });
}

leavesNothingBehind();
