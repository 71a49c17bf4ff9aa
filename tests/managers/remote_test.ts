/** Managers at an address: other processes connect, strangers do not get in. Rows: python-behaviour.md 2.9. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { BaseManager, type BaseProxy, type Proxied, Server, SharedMemoryManager, SyncManager } from "@fenshen/multiprocessing/managers";
import { SharedMemory } from "@fenshen/multiprocessing/shared_memory";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { frame, rawClient } from "./fixtures/raw_client.ts";
import { Foo, makeMemoryAt, putRemotely, QueueManager } from "./fixtures/units.ts";

const LIMIT = { timeout: 60_000 };
const key = new TextEncoder().encode("correct horse");
const anyPort = ["127.0.0.1", 0] as const;

class Client extends BaseManager {
  declare Foo: () => Promise<Proxied<Foo>>;
}
Client.register("Foo");

/** A class whose server, in this unit, gives out one queue. */
function serverOf(queue: mp.Queue<unknown>, address: readonly [string, number] | string = anyPort): Server {
  class Mine extends BaseManager {}
  Mine.register("getQueue", () => queue);
  return new Mine({ address, authkey: key }).getServer();
}

/** Serves while the body runs. */
async function serving(server: Server, body: (address: readonly [string, number]) => Promise<void>): Promise<void> {
  const serves = server.serveForever();
  await server.listening;
  try {
    await body(server.address as readonly [string, number]);
  } finally {
    server.close();
    await serves;
  }
}

test("memory that a client had a manager make outlives the client, and goes with the server", LIMIT, async () => {
  let name = "";
  await serving(new SharedMemoryManager({ address: anyPort, authkey: key }).getServer(), async (address) => {
    const pool = new mp.Pool(1);
    name = await pool.apply(makeMemoryAt, [address, key]);
    await pool.terminate();
    const memory = new SharedMemory({ name });
    assert.equal(memory.buf[15], 3);
    memory.close();
  });
  assert.throws(() => new SharedMemory({ name }), { code: "ENOENT" });
});

test("another process connects over TCP with the key, and what it puts arrives [test_remote]", LIMIT, async () => {
  const queue = new mp.Queue<unknown>();
  await serving(serverOf(queue), async (address) => {
    const values = ["hello world", null, true, 2.25, "\u0446\u0435", Uint8Array.of(1, 2), [1, [2]]];
    const child = new mp.Process({ target: putRemotely, args: [address, key, values] });
    await child.start();
    for (const value of values) assert.deepEqual(await queue.get(), value);
    assert.equal(await child.join(), 0);
  });
});

test("a manager in a process of its own serves at an address; its proxies travel to units that do not know the key", LIMIT, async () => {
  const manager = new SyncManager({ address: anyPort, authkey: key });
  await manager.start();
  const client = new SyncManager({ address: manager.address!, authkey: key });
  await client.connect();
  const [list, queue] = [await client.list([1]), await client.Queue<number>()];
  const child = new mp.Process({ target: (l: typeof list, q: typeof queue) => l.length().then((n) => q.put(n)), args: [list, queue] });
  await child.start();
  assert.equal(await queue.get(), 1);
  assert.equal(await child.join(), 0);
  assert.equal(await manager.numberOfObjects(), 2);
  await assert.rejects(client.shutdown(), { name: "ProcessError", message: /not started here/ });
  await manager.shutdown();
  await assert.rejects(list.get(0), mp.BrokenPipeError);
});

test("the objects that a factory gives twice are one object", LIMIT, async () => {
  const queue = new mp.Queue<unknown>();
  await serving(serverOf(queue), async (address) => {
    const client = new QueueManager({ address, authkey: key });
    QueueManager.register("getQueue");
    await client.connect();
    const [first, second] = [await client.getQueue(), await client.getQueue()];
    await first.put(1);
    assert.equal(await second.get(), 1);
    assert.equal(await client.numberOfObjects(), 1);
  });
});

test("an object that two types give is served as each of them says", LIMIT, async () => {
  const numbers = new Set([1]);
  class Both extends BaseManager {
    declare reader: () => Promise<Proxied<Set<number>>>;
    declare writer: () => Promise<Proxied<Set<number>>>;
  }
  Both.register("reader", () => numbers, { exposed: ["has"] });
  Both.register("writer", () => numbers, { exposed: ["delete"] });
  await serving(new Both({ address: anyPort, authkey: key }).getServer(), async (address) => {
    const client = new Both({ address, authkey: key });
    await client.connect();
    const [reader, writer] = [await client.reader(), await client.writer()];
    assert.equal(await reader.has(1), true);
    assert.equal(await writer.delete(1), true);
    assert.equal(await reader.has(1), false);
    await assert.rejects(reader.callMethod("delete", [1]), { name: "RemoteError", message: /the type reader exposes has$/ });
  });
});

test("an object of a class that has a method then is served like any other", LIMIT, async () => {
  class Steps {
    then(next: string): string {
      return `then ${next}`;
    }
  }
  class Mine extends BaseManager {
    declare Steps: () => Promise<BaseProxy>;
  }
  Mine.register("Steps", Steps);
  await serving(new Mine({ address: anyPort, authkey: key }).getServer(), async (address) => {
    const client = new Mine({ address, authkey: key });
    await client.connect();
    assert.equal(await (await client.Steps()).callMethod("then", ["go"]), "then go");
  });
});

test("a wrong key, the default key and a type that is not served are refused, each with one error [2.9 wrong key]", LIMIT, async () => {
  await serving(serverOf(new mp.Queue()), async (address) => {
    const refused = { name: "AuthenticationError", message: /refuses the key$/ };
    await assert.rejects(new Client({ address, authkey: Uint8Array.of(1) }).connect(), refused);
    const withDefault = new Client({ address });
    await assert.rejects(withDefault.connect(), refused);
    await assert.rejects(withDefault.connect(), refused);
    const client = new Client({ address, authkey: key });
    await client.connect();
    await assert.rejects(client.connect(), { name: "ProcessError", message: /it is connected/ });
    await assert.rejects(client.Foo(), { name: "RemoteError", message: /serves no type Foo/ });
  });
});

test("an empty key and what is no key or address are refused where they are given [2.16 #11]", () => {
  assert.throws(() => new Client({ authkey: new Uint8Array(0) }), RangeError);
  assert.throws(() => new Client({ authkey: "text" as never }), { name: "TypeError", message: /TextEncoder/ });
  assert.throws(() => new Client({ address: ["host", 70_000] }), RangeError);
  assert.throws(() => new Client({ address: 5 as never }), TypeError);
  assert.throws(() => new Client({ codec: "xml" as never }), TypeError);
  assert.throws(() => Client.register("start", Foo), RangeError);
  assert.throws(() => Client.register("Other", 5 as never), TypeError);
  assert.throws(() => Client.register("Other", Foo, { exposed: "f" as never }), TypeError);
  for (const proxytype of [Foo, () => {}, "FooProxy", {}]) {
    const wrong = { name: "TypeError", message: /^Cannot register a type: proxytype must be a class that extends BaseProxy, received / };
    assert.throws(() => Client.register("Other", Foo, { proxytype: proxytype as never }), wrong);
  }
});

test("before start() and connect() a manager says what is missing [2.9 after shutdown]", LIMIT, async () => {
  const client = new Client();
  assert.equal(client.address, null);
  await assert.rejects(client.Foo(), { name: "ProcessError", message: /await manager\.start\(\) or manager\.connect\(\) first/ });
  await assert.rejects(client.numberOfObjects(), mp.ProcessError);
  await assert.rejects(client.connect(), { name: "ProcessError", message: /without an address/ });
  await assert.rejects(client.shutdown(), mp.ProcessError);
  await assert.rejects(client.join(), mp.ProcessError);
});

/** A TCP server that is no manager. */
async function foreign(onConnection: (socket: net.Socket) => void, body: (address: [string, number]) => Promise<void>): Promise<void> {
  const server = net.createServer((socket) => {
    socket.on("error", () => {}); // It is cut off by those who notice what it is.
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  try {
    await body(["127.0.0.1", port]);
  } finally {
    server.close();
  }
}

test("connect() to what is no manager, is silent or is not there rejects within its bound [2.16 #12]", LIMIT, async () => {
  const strange = { name: "AuthenticationError", message: /does not speak the protocol of a manager$/ };
  await foreign((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"), async (address) => {
    await assert.rejects(new Client({ address, authkey: key }).connect(), strange);
  });
  await foreign((socket) => socket.write(frame("[1, 2, 3]")), async (address) => {
    await assert.rejects(new Client({ address, authkey: key }).connect(), strange);
  });
  await foreign((socket) => socket.end(), async (address) => {
    await assert.rejects(new Client({ address, authkey: key }).connect(), strange);
  });
  const sockets: net.Socket[] = [];
  await foreign((socket) => void sockets.push(socket), async (address) => {
    await assert.rejects(new Client({ address, authkey: key }).connect({ timeout: 50 }), mp.TimeoutError);
    const reason = new Error("changed my mind");
    await assert.rejects(new Client({ address, authkey: key }).connect({ signal: AbortSignal.abort(reason) }), reason);
  });
  sockets.forEach((socket) => socket.destroy());
  let gone: [string, number] = ["127.0.0.1", 0];
  await foreign(() => {}, async (address) => void (gone = address));
  await assert.rejects(new Client({ address: gone, authkey: key }).connect(), { code: "ECONNREFUSED" });
});

test("a server that does not know the key is found out before anything is sent to it", LIMIT, async () => {
  const received: Uint8Array[] = [];
  const lie = (socket: net.Socket) => {
    socket.on("data", (bytes) => {
      received.push(bytes);
      socket.write(received.length === 1 ? frame('["fenshen 1", "server", "challenge"]') : frame('["proof"]'));
    });
  };
  await foreign(lie, async (address) => {
    const refused = { name: "AuthenticationError", message: /does not know the key$/ };
    await assert.rejects(new Client({ address, authkey: key }).connect(), refused);
    assert.equal(received.length, 2);
    assert.ok(!Buffer.concat(received).includes("correct horse"));
  });
});

test("hostile clients neither get in nor disturb the honest ones [4.3 #12]", LIMIT, async () => {
  const queue = new mp.Queue<unknown>();
  await serving(serverOf(queue), async (address) => {
    const port = address[1];
    const honest = new QueueManager({ address, authkey: key });
    QueueManager.register("getQueue");
    await honest.connect();
    const remote = await honest.getQueue();
    const hello = frame(JSON.stringify(["fenshen 1", "00"]));
    const attacks: [string, (Uint8Array | string)[]][] = [
      ["garbage", ["GET / HTTP/1.1\r\n\r\n"]],
      ["a huge length", [Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 1)]],
      ["a negative length", [Uint8Array.of(0x80, 0, 0, 1, 1)]],
      ["the long length of CPython", [Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0, 0, 0, 0, 0)]],
      ["no JSON", [frame(Uint8Array.of(1, 2, 3))]],
      ["another shape", [frame('{"__proto__": 1, "length": 2}')]],
      ["the hello of a local socket", [frame('{"id":"x","secret":"y"}')]],
      ["a wrong proof", [hello, frame('["00"]')]],
      ["messages in place of a proof", [hello, frame(Uint8Array.of(1, 0, 0, 0))]],
      ["a proof that is too long", [hello, frame(JSON.stringify(["0".repeat(2000)]))]],
    ];
    for (const [name, messages] of attacks) {
      const stranger = await rawClient(port);
      for (const message of messages) {
        stranger.write(typeof message === "string" ? new TextEncoder().encode(message) : message);
        if (messages.length > 1) await stranger.answer();
      }
      await stranger.closed;
      await remote.put(name);
      assert.equal(await queue.get(), name);
    }
    // Half a handshake, in large number.
    const silent = await Promise.all(Array.from({ length: 300 }, () => rawClient(port)));
    for (const stranger of silent) stranger.write(hello.subarray(0, 3));
    const late = new QueueManager({ address, authkey: key });
    await late.connect();
    await (await late.getQueue()).put("late");
    assert.equal(await queue.get(), "late");
    for (const stranger of silent) stranger.destroy();
  });
});

test("a client that breaks the protocol after the handshake is cut off alone", LIMIT, async () => {
  const { connectWithKey } = await import("../../src/connection/keyed_endpoint.ts");
  const queue = new mp.Queue<unknown>();
  await serving(serverOf(queue), async (address) => {
    const honest = new QueueManager({ address, authkey: key });
    QueueManager.register("getQueue");
    await honest.connect();
    const remote = await honest.getQueue();
    for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), new TextEncoder().encode("[0,1]")]) {
      const { channel } = await connectWithKey({ host: address[0], port: address[1] }, key);
      channel.send(bytes);
      await channel.closed;
    }
    await remote.put(1);
    assert.equal(await queue.get(), 1);
  });
});

test("start() of a manager at a host that nobody knows tells so", LIMIT, async () => {
  const manager = new SyncManager({ address: ["no.such.host.invalid", 0], authkey: key });
  // Node tells by the second code that no name server answered.
  await assert.rejects(
    manager.start(),
    (error: NodeJS.ErrnoException) => /^Cannot listen at /.test(error.message) && ["ENOTFOUND", "EAI_AGAIN"].includes(error.code!),
  );
});

test("the same address can be used again right after shutdown [test_rapid_restart]", LIMIT, async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "fenshen-manager-"));
  const addresses: [string, readonly [string, number] | string][] = [["TCP", anyPort]];
  if (os.platform() !== "win32") addresses.push(["a socket file", path.join(folder, "s")]);
  for (const [name, asked] of addresses) {
    let address = asked;
    for (let round = 0; round < 3; round++) {
      const manager = new SyncManager({ address, authkey: key });
      await manager.start();
      address = manager.address as typeof address;
      const client = new SyncManager({ address, authkey: key });
      await client.connect();
      assert.equal(await (await client.list([round])).get(0), round, name);
      if (round === 0) {
        const other = new SyncManager({ address, authkey: key });
        await assert.rejects(other.start(), { code: "EADDRINUSE" });
      }
      await manager.shutdown();
    }
  }
  rmSync(folder, { recursive: true });
});

test("a server serves once, and stops by its signal with the signal's reason", LIMIT, async () => {
  const server = serverOf(new mp.Queue());
  const abort = new AbortController();
  const serves = server.serveForever({ signal: abort.signal });
  await server.listening;
  await assert.rejects(server.serveForever(), mp.ProcessError);
  abort.abort(new Error("enough"));
  await assert.rejects(serves, { message: "enough" });
  const busy = serverOf(new mp.Queue());
  await serving(busy, async (address) => {
    const second = serverOf(new mp.Queue(), address);
    await assert.rejects(second.serveForever(), { code: "EADDRINUSE" });
    await assert.rejects(second.listening, { code: "EADDRINUSE" });
  });
  const unused = serverOf(new mp.Queue());
  unused.close();
  await assert.rejects(unused.listening, { name: "ProcessError", message: /closed before it served/ });
});

leavesNothingBehind(() => mp.activeChildren().map(String));
