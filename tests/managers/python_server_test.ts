import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import type { Server } from "node:net";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { RemoteError } from "../../src/base/errors.ts";
import { dictReferent, instanceReferent, listReferent, namespaceReferent } from "../../src/managers/python/container_referents.ts";
import { PythonManagerClient } from "../../src/managers/python/client.ts";
import type { MessageChannel } from "../../src/managers/python/messages.ts";
import { PythonManagerServer, type ReferentFactory } from "../../src/managers/python/server.ts";
import { eventReferent, lockReferent, queueReferent } from "../../src/managers/python/shared_referents.ts";
import { JoinableQueue } from "../../src/queues/joinable_queue.ts";
import { Event } from "../../src/sync/event.ts";
import { Lock } from "../../src/sync/lock.ts";
import { pickleEncode, PythonGlobal } from "../../src/wire/pickle/pickle.ts";
import type { Referent } from "../../src/managers/python/referent.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { pythons } from "../support/pythons.ts";
import { connectTo, listenFor } from "./fixtures/python_wire.ts";

const program = fileURLToPath(new URL("./fixtures/python_manager.py", import.meta.url));
const key = new TextEncoder().encode("a secret");

class Counter {
  #value: number;
  constructor(start: number) {
    this.#value = start;
  }
  add(...args: (number | Map<string, number>)[]): number {
    const named = args.find((arg) => arg instanceof Map);
    const n = typeof args[0] === "number" ? args[0] : named?.get("n") ?? 1;
    return this.#value += n * (named?.get("times") ?? 1);
  }
  fail(): never {
    throw new RangeError("bad");
  }
}

/** A server for Python programs, and what it takes to reach it. */
async function startServer() {
  const queue = new JoinableQueue<unknown>();
  let isWaiting: () => void = () => {};
  const waits = new Promise<void>((resolve) => isWaiting = resolve);
  const served = queueReferent(queue);
  const get = served.methods.get("get")!;
  const shared: Referent = {
    ...served,
    methods: new Map(served.methods).set("get", (call) => {
      const item = get(call);
      isWaiting();
      return item;
    }),
  };
  const registry = new Map<string, ReferentFactory>([
    ["get_queue", () => shared],
    ["dict", ({ args: [from] }) => dictReferent(from)],
    ["list", ({ args: [from] }) => listReferent(from as unknown[] | undefined)],
    ["Counter", ({ args: [start = 0] }) => instanceReferent(new Counter(start as number), ["add", "fail"])],
    ["Event", () => eventReferent(new Event())],
    ["Lock", () => lockReferent(new Lock())],
    ["Namespace", ({ kwds }) => namespaceReferent(kwds)],
  ]);
  const managers: PythonManagerServer[] = [];
  const failures: unknown[] = [];
  let isShutDown = false;
  const channels = new Set<MessageChannel>();
  const servings: Promise<unknown>[] = [];
  const listener: Server = await listenFor(key, (channel) => {
    channels.add(channel);
    const serving = managers[0]!.serve(channel).catch((error) => void failures.push(error));
    servings.push(serving);
    return serving;
  });
  const { port } = listener.address() as { port: number };
  managers.push(new PythonManagerServer({ address: ["127.0.0.1", port], registry, onShutdown: () => isShutDown = true }));
  return {
    port,
    queue,
    /** Resolves when somebody has asked for an item. */
    waits,
    /** Resolves when every connection has been seen to end. */
    ended: () => Promise.all(servings),
    failures,
    isShutDown: () => isShutDown,
    close: () => {
      for (const channel of channels) channel.close();
      return new Promise((resolve) => listener.close(resolve));
    },
  };
}

describe("a server for Python programs", () => {
  let server: Awaited<ReturnType<typeof startServer>>;

  before(async () => void (server = await startServer()));
  after(async () => {
    await server.close();
    assert.deepEqual(server.failures, []);
  });

  for (const { version, executable, skip } of pythons) {
    it(`a program on Python ${version} uses its queue, dicts, lists, events, locks, namespaces and a class`, { skip }, async () => {
      const own = await startServer();
      const output = await new Promise<string>((resolve, reject) => {
        const args = [program, "client", String(own.port)];
        execFile(executable!, args, { timeout: 60_000 }, (error, stdout, stderr) => error ? reject(new Error(stderr)) : resolve(stdout));
      });
      assert.equal(output.trim(), "done");
      await own.close();
      assert.deepEqual(own.failures, []);
    });
  }

  it("our own client speaks with it, too, and the queue is the program's own", async () => {
    const client = new PythonManagerClient({ address: ["127.0.0.1", server.port], connect: () => connectTo(server.port, key) });
    await client.ping();
    const queue = await client.create("get_queue");
    const waiting = queue.call("get");
    await server.queue.put("from the program");
    assert.equal(await waiting, "from the program");
    await assert.rejects(client.create("nothing"), (error) => error instanceof RemoteError && /not a registered type/.test(error.message));
    await assert.rejects(queue.call("__class__"), (error) => error instanceof RemoteError && /not in exposed/.test(error.message));
    await queue.release();
    client.close();
  });

  it("who waits and goes away loses nothing", async () => {
    const server = await startServer();
    const client = new PythonManagerClient({ address: ["127.0.0.1", server.port], connect: () => connectTo(server.port, key) });
    const queue = await client.create("get_queue");
    const waiting = queue.call("get");
    waiting.catch(() => {});
    await server.waits;
    client.close();
    await assert.rejects(waiting, { name: "EOFError" });
    await server.ended();
    await server.queue.put("still here");
    assert.equal(await server.queue.get(), "still here");
    await server.close();
  });

  it("hostile messages get a text as their answer, and others go on", async () => {
    const gadget = pickleEncode(Object.freeze([null, "dummy", Object.freeze([new PythonGlobal("os", "system")]), {}]));
    for (
      const message of [
        gadget,
        Uint8Array.of(1, 2, 3),
        pickleEncode([1, 2]),
        pickleEncode(Object.freeze([null, "__class__", Object.freeze([]), {}])),
      ]
    ) {
      const channel = await connectTo(server.port, key);
      channel.send(message);
      assert.match(new TextDecoder("latin1").decode(await channel.recv()), /#TRACEBACK/);
      channel.close();
    }
    const client = new PythonManagerClient({ address: ["127.0.0.1", server.port], connect: () => connectTo(server.port, key) });
    await client.ping();
    assert.equal(server.isShutDown(), false);
    await client.shutdown();
    assert.equal(server.isShutDown(), true);
  });
});

leavesNothingBehind();
