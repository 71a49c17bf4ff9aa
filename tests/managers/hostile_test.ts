/** Hostile peers of the ports of managers, and hostile names in what honest ones send: nobody gets in, nothing breaks, nothing is left. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { type DictProxy, SyncManager } from "@fenshen/multiprocessing/managers";
import { connectKeyed, connectWithKey } from "../../src/connection/keyed_endpoint.ts";
import { runtime } from "../../src/runtime/runtime.ts";
import type { Address } from "../../src/runtime/types.ts";
import {
  CALL,
  decodeServerFrame,
  encodeFrame,
  FAIL,
  FIND,
  HELLO,
  PROTOCOL_VERSION,
  type ServerMessage,
  USE,
} from "../../src/server/protocol.ts";
import { attack, attacks } from "../connection/fixtures/hostile.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { frame } from "./fixtures/raw_client.ts";

const LIMIT = { timeout: 60_000 };
const onWindows = os.platform() === "win32";
const key = new TextEncoder().encode("correct horse");
const anyPort = ["127.0.0.1", 0] as const;
type Where = string | readonly [string, number];

function portOf(address: Where): Address {
  return typeof address === "string" ? { path: address } : { host: address[0], port: address[1] };
}

/** Serves in this unit while the body runs. */
async function serving(address: Where | null, body: (address: Where) => Promise<void>): Promise<void> {
  const server = new SyncManager({ address, authkey: key }).getServer();
  const serves = server.serveForever();
  await server.listening;
  try {
    await body(server.address!);
  } finally {
    server.close();
    await serves;
  }
}

async function connected(address: Where): Promise<SyncManager> {
  const manager = new SyncManager({ address, authkey: key });
  await manager.connect();
  return manager;
}

/** An honest client, on a connection of its own, gets in and is answered. */
async function checkHonest(address: Where): Promise<void> {
  const answer = await answerTo(address, [[FIND, 1, "none", "ListProxy"], [CALL, 1, 1, "length", false]]);
  assert.equal(answer?.[0], FAIL);
}

const hello = frame('["fenshen 1","00"]');

/** Those that know this protocol. */
const insiders: readonly [name: string, bytes: Uint8Array[]][] = [
  ["the hello, byte by byte, then a wrong proof", [...Array.from(hello, (byte) => Uint8Array.of(byte)), frame('["00"]')]],
  ["half of the hello", [hello.subarray(0, 9)]],
  ["the hello and silence", [hello]],
  ["the hello twice", [hello, hello]],
  ["hello, proof and messages at once", [hello, frame('["00"]'), encodeHello()]],
  ["a hello with __proto__", [frame('{"__proto__":["fenshen 1","00"],"length":2,"0":"fenshen 1","1":"00"}')]],
  ["texts named __proto__", [frame('["fenshen 1","__proto__"]'), frame('["__proto__"]')]],
  ["the word of refusal as a proof", [hello, frame('["refused"]')]],
];

function encodeHello(): Uint8Array {
  return frame(encodeFrame([[HELLO, PROTOCOL_VERSION, "stranger"]]));
}

const everyAttack = [
  ...attacks,
  ...insiders.map(([name, bytes]) => ({ name, bytes, then: "stay" as const })),
];

const folder = onWindows ? "" : mkdtempSync(path.join(os.tmpdir(), "h-"));
const places: [string, Where | null][] = [["TCP", anyPort], ["a private address", null]];
if (!onWindows) places.push(["a socket file", path.join(folder, "own")]);

for (const [name, address] of places) {
  test(`a manager's process at ${name} survives every attack, and honest clients work meanwhile [4.3 #12]`, LIMIT, async () => {
    const manager = new SyncManager({ address, authkey: key });
    await manager.start();
    const client = await connected(manager.address!);
    const list = await client.list<string>();
    const attackers: net.Socket[] = [];
    for (const each of everyAttack) {
      attackers.push(await attack(portOf(manager.address!), each));
      await list.append(each.name);
      await checkHonest(manager.address!);
    }
    assert.deepEqual(await list.getValue(), everyAttack.map((each) => each.name));
    assert.equal(await manager.numberOfObjects(), 1);
    for (const attacker of attackers) attacker.destroy();
    await checkHonest(manager.address!);
    await manager.shutdown();
  });
}

test(
  "a server that was attacked keeps no sockets",
  { ...LIMIT, skip: os.platform() !== "linux" && "needs /proc" },
  () =>
    serving(anyPort, async (address) => {
      const count = () => readdirSync("/proc/self/fd").length;
      await checkHonest(address);
      const before = count();
      for (let round = 0; round < 5; round++) {
        const attackers = await Promise.all(everyAttack.map((each) => attack(portOf(address), each)));
        await checkHonest(address);
        await Promise.all(
          attackers.map((one) => new Promise((resolve) => one.destroyed ? resolve(0) : one.on("close", resolve).destroy())),
        );
      }
      // What the server has not noticed yet is bounded by the last round.
      await checkHonest(address);
      assert.ok(count() < before + everyAttack.length, `${count()} descriptors, ${before} before`);
    }),
);

/** A server in between, which writes down what both sides say. */
async function recording(
  address: Where,
  body: (between: Where) => Promise<void>,
): Promise<{ client: Uint8Array[]; server: Uint8Array[] }> {
  const said = { client: [] as Uint8Array[], server: [] as Uint8Array[] };
  const between = net.createServer((near) => {
    const far = net.connect({ ...portOf(address) });
    const join = (from: net.Socket, to: net.Socket, record: Uint8Array[]) => {
      from.on("error", () => to.destroy()).on("close", () => to.destroy());
      from.on("data", (bytes: Uint8Array) => {
        record.push(bytes);
        to.write(bytes);
      });
    };
    join(near, far, said.client);
    join(far, near, said.server);
  });
  await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", resolve));
  try {
    await body(["127.0.0.1", (between.address() as net.AddressInfo).port]);
  } finally {
    between.close();
  }
  return said;
}

/** Everything that a port says to these frames, each sent when it has answered the one before. */
function play(address: Where, script: readonly Uint8Array[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ ...portOf(address) });
    const rest = [...script];
    let heard = "";
    const next = () => {
      const bytes = rest.shift();
      if (bytes !== undefined) socket.write(bytes);
    };
    socket.on("error", () => {});
    socket.on("connect", next);
    socket.on("data", (chunk) => {
      heard += chunk.toString("latin1");
      next();
    });
    socket.on("close", () => resolve(heard));
  });
}

test("a recorded handshake opens nothing, neither to the server nor to a client", LIMIT, () =>
  serving(anyPort, async (address) => {
    const said = await recording(address, async (between) => {
      const { channel } = await connectWithKey(portOf(between), key);
      channel.close();
      await channel.closed;
    });
    assert.equal(said.client.length, 2);
    const heard = await play(address, [...said.client, encodeHello()]);
    assert.match(heard, /fenshen 1.*\["refused"\]$/s);
    // The other way round: a server that repeats what the real one said.
    const impostor = net.createServer((socket) => {
      const rest = [...said.server];
      socket.on("error", () => {});
      socket.on("data", () => rest.length > 0 && socket.write(rest.shift()!));
    });
    await new Promise<void>((resolve) => impostor.listen(0, "127.0.0.1", resolve));
    const there: Where = ["127.0.0.1", (impostor.address() as net.AddressInfo).port];
    await assert.rejects(connected(there), { name: "AuthenticationError", message: /does not know the key$/ });
    impostor.close();
    await checkHonest(address);
  }));

test("a server that reflects what the client says does not pass for one that knows the key", LIMIT, async () => {
  const mirror = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (hello: Uint8Array) => {
      const [, challenge] = JSON.parse(new TextDecoder().decode(hello.subarray(4))) as string[];
      socket.on("data", (proof: Uint8Array) => socket.write(proof));
      socket.write(frame(JSON.stringify(["fenshen 1", "00", challenge])));
    });
  });
  await new Promise<void>((resolve) => mirror.listen(0, "127.0.0.1", resolve));
  const there: Where = ["127.0.0.1", (mirror.address() as net.AddressInfo).port];
  await assert.rejects(connected(there), { name: "AuthenticationError", message: /does not know the key$/ });
  mirror.close();
});

test("connect() that fails keeps no socket", LIMIT, async () => {
  let closed = () => {};
  const gone = new Promise<void>((resolve) => (closed = resolve));
  const impostor = net.createServer((socket) => {
    const answers = ['["fenshen 1", "server", "challenge"]', '["proof"]'];
    socket.on("error", () => {}).on("close", closed);
    socket.on("data", () => socket.write(frame(answers.shift()!)));
  });
  await new Promise<void>((resolve) => impostor.listen(0, "127.0.0.1", resolve));
  await assert.rejects(connected(["127.0.0.1", (impostor.address() as net.AddressInfo).port]), { name: "AuthenticationError" });
  await gone;
  impostor.close();
});

test("a ticket with another secret, or of another server, lets nobody in", LIMIT, () =>
  serving(anyPort, async (address) => {
    const { channel, ticket } = await connectWithKey(portOf(address), key);
    channel.close();
    for (const secret of ["", "0".repeat(64), ticket.secret.slice(1), ticket.secret.toUpperCase() + " "]) {
      await assert.rejects(connectKeyed({ ...ticket, secret }), { name: "AuthenticationError", message: /refuses the key$/ });
    }
    for (const id of ["", "__proto__", "constructor"]) {
      await assert.rejects(connectKeyed({ ...ticket, id }), { name: "AuthenticationError", message: /another server listens there now$/ });
    }
    (await connectKeyed(ticket)).close();
  }));

/** What a server answers to messages of a client that knows the key; `null` when it cuts it off. */
async function answerTo(address: Where, messages: readonly unknown[]): Promise<ServerMessage | null> {
  const release = runtime.keepAlive();
  const { channel } = await connectWithKey(portOf(address), key);
  const answer = new Promise<ServerMessage | null>((resolve) => {
    channel.onFrame((bytes) => resolve(decodeServerFrame(bytes)[0]!));
    channel.closed.then(() => resolve(null));
  });
  channel.send(encodeFrame([[HELLO, PROTOCOL_VERSION, "insider"], ...messages as []]));
  const first = await answer;
  channel.close();
  release();
  return first;
}

test("names of JavaScript's own are no types, objects or methods of a server", LIMIT, () =>
  serving(anyPort, async (address) => {
    const client = await connected(address);
    const dict = await client.dict({ a: 1 });
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "__defineGetter__", "dispose", "moveIn", "clientGone", "step"];
    for (const name of names) {
      for (const start of [[USE, 1, name, name, null], [USE, 1, "x", name, null], [FIND, 1, name, name], [FIND, 1, dict.token.id, name]]) {
        const answer = await answerTo(address, [start, [CALL, 1, 1, "get", false]]);
        assert.ok(answer === null || answer[0] === FAIL, `type ${name}: ${String(answer)}`);
      }
      const answer = await answerTo(address, [[FIND, 1, dict.token.id, "DictProxy"], [CALL, 1, 1, name, false, "a"]]);
      assert.ok(answer === null || answer[0] === FAIL, `method ${name}: ${String(answer)}`);
    }
    assert.deepEqual(await dict.items(), [["a", 1]]);
  }));

test("__proto__ is a key like any other, in every argument and on both sides", LIMIT, async () => {
  const manager = await mp.Manager();
  const poison = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as Record<string, unknown>;
  const expected = [["__proto__", { polluted: 1 }], ["constructor", { prototype: { polluted: 1 } }]];
  const check = async (dict: DictProxy<string, unknown>) => {
    assert.deepEqual(await dict.items(), expected);
    assert.deepEqual(await dict.get("__proto__"), { polluted: 1 });
    assert.equal(await dict.has("toString"), false);
    assert.deepEqual([...(await dict.getValue() as Map<string, unknown>)], expected);
  };
  await check(await manager.dict(poison));
  const merged = await manager.dict<string, unknown>();
  await merged.update(poison);
  await check(merged);
  const set = await manager.dict<string, unknown>();
  for (const [name, value] of expected) await set.set(name as string, value);
  await set.update(
    (all, more: Record<string, unknown>) => void all.set("__proto__", Object.getOwnPropertyDescriptor(more, "__proto__")!.value),
    poison,
  );
  await check(set);

  const namespace = await manager.Namespace(poison);
  await namespace.update((attributes) => void (attributes["more"] = Object.keys(attributes).length));
  const copy = await namespace.getValue();
  assert.deepEqual(Object.keys(copy), ["__proto__", "constructor", "more"]);
  assert.equal(copy["more"], 2);
  assert.equal(Object.getPrototypeOf(copy), Object.prototype);
  const list = await manager.list<unknown>([poison]);
  assert.deepEqual(Object.keys((await list.get(0)) as object), ["__proto__", "constructor"]);

  // Neither here nor there has anything got a property that it should not have.
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.equal(await list.update(() => "polluted" in {} || "polluted" in Object), false);
  await manager.shutdown();
});

test("the folder of the socket files is empty", { skip: onWindows && "Windows has no socket files" }, () => {
  assert.deepEqual(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
});

leavesNothingBehind(() => mp.activeChildren().map(String));
