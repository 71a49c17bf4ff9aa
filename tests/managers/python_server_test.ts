/** Managers of ours that Python programs use. Rows: python-behaviour.md 2.9. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as mp from "@fenshen/multiprocessing";
import { Client } from "@fenshen/multiprocessing/connection";
import { BaseManager, type Proxied, type PythonProxy, type Server } from "@fenshen/multiprocessing/managers";
import { runPythonServer } from "../../src/managers/python/running.ts";
import { queueReferent } from "../../src/managers/python/shared_referents.ts";
import { pickleEncode, PythonGlobal } from "../../src/wire/pickle/pickle.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { pythons } from "../support/pythons.ts";
import { PythonCounter } from "./fixtures/units.ts";

const program = fileURLToPath(new URL("./fixtures/python_manager.py", import.meta.url));
const authkey = new TextEncoder().encode("a secret");
const LIMIT = { timeout: 60_000 };

interface Queue {
  put(item: unknown): void;
  get(): unknown;
}

/** What it serves is shared with this program. */
class Shared extends BaseManager {
  declare get_queue: () => Promise<Proxied<Queue, PythonProxy>>;
  declare get_dict: () => Promise<PythonProxy>;
  declare Counter: (start?: number) => Promise<Proxied<PythonCounter, PythonProxy>>;
  declare adder: () => Promise<Proxied<PythonCounter, PythonProxy>>;
  declare counter: () => Promise<Proxied<PythonCounter, PythonProxy>>;
  declare nothing: () => Promise<PythonProxy>;
}
const queue = new mp.Queue<unknown>();
const answers = new mp.Queue<unknown>();
const dict = new Map<string, unknown>([["from", "typescript"]]);
Shared.register("get_queue", () => queue);
Shared.register("get_answers", () => answers);
Shared.register("get_dict", () => dict);
const counter = new PythonCounter(1);
Shared.register("adder", () => counter, { exposed: ["add"] });
Shared.register("counter", () => counter);
Shared.register("nothing");
Shared.register("Counter", PythonCounter, { methodToTypeid: { children: "list" } });

class Started extends BaseManager {
  declare Counter: (start?: number) => Promise<Proxied<PythonCounter, PythonProxy>>;
}
Started.register("Counter", PythonCounter);

/** Runs the fixture to its end, and answers what it printed. */
function runClient(executable: string, address: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [program, "client", JSON.stringify(address)];
    execFile(executable, args, LIMIT, (error, stdout, stderr) => error ? reject(new Error(stderr)) : resolve(stdout.trim()));
  });
}

/** Serves in this program while something runs. */
async function serving(use: (server: Server) => Promise<unknown>): Promise<void> {
  const server = new Shared({ address: ["127.0.0.1", 0], authkey, codec: "pickle" }).getServer();
  const served = server.serveForever();
  await server.listening;
  try {
    await use(server);
  } finally {
    server.close();
    await served;
  }
}

async function connect(server: { address: Server["address"] }): Promise<Shared> {
  const manager = new Shared({ address: server.address, authkey, codec: "pickle" });
  await manager.connect();
  return manager;
}

/** Uses a manager, and disposes of it. */
async function withManager<M extends BaseManager>(manager: M, use: (manager: M) => Promise<unknown>): Promise<void> {
  try {
    await use(manager);
  } finally {
    await manager[Symbol.asyncDispose]();
  }
}

describe("a manager for Python programs", () => {
  for (const { version, executable, skip } of pythons) {
    it(`Python ${version} uses its queue, dict, list, Event, Lock, Semaphore, Namespace and a class, shared with the program`, {
      skip,
      ...LIMIT,
    }, () =>
      serving(async (server) => {
        const answering = queue.get().then((item) => answers.put(["got", item]));
        assert.equal(await runClient(executable!, server.address), "done");
        await answering;
        assert.deepEqual([...dict], [["from", "typescript"], ["answer", 42]]);
        dict.delete("answer");
      }));
  }

  const { executable, skip } = pythons.findLast((python) => !python.skip) ?? pythons[0]!;

  it("several Python programs use it at the same time", { skip, ...LIMIT }, () =>
    serving(async (server) => {
      const answering = (async () => {
        for (let i = 0; i < 3; i++) await answers.put(["got", await queue.get()]);
      })();
      const all = await Promise.all([0, 1, 2].map(() => runClient(executable!, server.address)));
      await answering;
      assert.deepEqual(all, ["done", "done", "done"]);
    }));

  for (const method of ["spawn", "thread"] as const) {
    it(`start() serves them in a process of its own (${method})`, { skip, ...LIMIT }, async () => {
      await withManager(new Started({ ctx: mp.getContext(method), authkey, codec: "pickle" }), async (manager) => {
        await manager.start();
        const counter = await manager.Counter(40);
        assert.equal(await counter.add(2), 42);
        const { stdout } = await promisify(execFile)(executable!, [program, "small", JSON.stringify(manager.address)], LIMIT);
        assert.equal(stdout.trim(), "done");
        assert.equal(await manager.numberOfObjects(), 1);
        await counter.close(); // used to the end, so that it is no garbage before
      });
    });
  }

  it("our own client speaks with it, too", LIMIT, () =>
    serving(async (server) => {
      await withManager(await connect(server), async (manager) => {
        const theirs = await manager.get_queue();
        const waiting = theirs.get();
        await queue.put("from the program");
        assert.equal(await waiting, "from the program");
        await assert.rejects(theirs.callMethod("__class__"), (error) =>
          error instanceof mp.RemoteError && /not in exposed/.test(error.message));
        // One object under two types: each has its own methods.
        assert.deepEqual((await manager.adder()).exposed, ["add"]);
        assert.deepEqual((await manager.counter()).exposed, ["add", "fail", "children"]);
        const children = await (await manager.Counter()).children();
        assert.deepEqual(await (children as unknown as PythonProxy).getValue(), [1, 2]);
        await assert.rejects(
          manager.nothing(),
          (error) =>
            error instanceof mp.RemoteError && /its factory must return an object, received undefined/.test(error.message),
        );
      });
    }));

  it("what it cannot serve is refused when it is asked for", LIMIT, () => {
    Shared.register("nothing", () => new mp.Condition());
    return serving(async (server) => {
      await withManager(await connect(server), async (manager) => {
        await assert.rejects(
          manager.nothing(),
          (error) => error instanceof mp.RemoteError && /Cannot serve a Condition/.test(error.message),
        );
      });
    });
  });

  it("who waits and goes away loses nothing", LIMIT, async () => {
    const own = new mp.JoinableQueue<unknown>();
    const served = queueReferent(own);
    let isAsked: () => void = () => {};
    const asked = new Promise<void>((resolve) => isAsked = resolve);
    let isOver: () => void = () => {};
    const over = new Promise<void>((resolve) => isOver = resolve);
    const methods = new Map(served.methods).set("get", async (call) => {
      const item = served.methods.get("get")!(call);
      isAsked();
      try {
        return await item;
      } finally {
        isOver();
      }
    });
    const shared = { ...served, methods };
    const types = new Map([["get_queue", () => shared]]);
    const server = runPythonServer({ address: { host: "127.0.0.1", port: 0 }, authkey, types, onShutdown: () => {} });
    assert.ok("port" in server.address);
    const manager = await connect({ address: [server.address.host, server.address.port] });
    const waiting = (await manager.get_queue()).get();
    waiting.catch(() => {});
    await asked;
    await manager[Symbol.asyncDispose]();
    await assert.rejects(waiting, mp.ClosedError);
    await over;
    await own.put("still here");
    assert.equal(await own.get(), "still here");
    await server.stop();
  });

  it("hostile messages get a text as their answer, and others go on; who has the key may end it", LIMIT, async () => {
    const server = new Shared({ address: ["127.0.0.1", 0], authkey, codec: "pickle" }).getServer();
    const served = server.serveForever();
    await server.listening;
    const messages = [
      pickleEncode(Object.freeze([null, "dummy", Object.freeze([new PythonGlobal("os", "system")]), {}])),
      Uint8Array.of(1, 2, 3),
      pickleEncode([1, 2]),
      pickleEncode(Object.freeze([null, "__class__", Object.freeze([]), {}])),
    ];
    for (const message of messages) {
      const connection = await Client(server.address!, { authkey });
      await connection.sendBytes(message);
      assert.match(new TextDecoder("latin1").decode(await connection.recvBytes()), /#TRACEBACK/);
      connection.close();
    }
    await assert.rejects(Client(server.address!, { authkey: "guess" }), mp.AuthenticationError);
    const manager = await connect(server);
    const queue = await manager.get_queue();
    const waiting = queue.get();
    waiting.catch(() => {});
    const connection = await Client(server.address!, { authkey, codec: "pickle" });
    await connection.send(Object.freeze([null, "shutdown", Object.freeze([]), {}]));
    assert.deepEqual(await connection.recv(), Object.freeze(["#RETURN", null]));
    connection.close();
    await served;
    await assert.rejects(waiting, (error) => error instanceof mp.EOFError || error instanceof mp.BrokenPipeError);
    await manager[Symbol.asyncDispose]();
  });
});

leavesNothingBehind();
