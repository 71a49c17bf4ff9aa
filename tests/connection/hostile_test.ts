/** Hostile peers of a Listener and of a Client: each is one clear error, and honest ones keep working meanwhile. */
import { test } from "node:test";
import assert from "node:assert/strict";
import net from "node:net";
import { runtime } from "../../src/runtime/runtime.ts";
import {
  AuthenticationError,
  Client,
  type Connection,
  EOFError,
  Listener,
  ProcessError,
  type SocketAddress,
  TimeoutError,
} from "./fixtures/api.ts";
import { type Attack, attack, attacks } from "./fixtures/hostile.ts";

const DEADLOCK = { timeout: 60_000 };
const KEY = "swordfish";
const COPIES = 5;

function portOf(listener: Listener): { host: string; port: number } | { path: string } {
  const { address } = listener;
  return typeof address === "string" ? { path: address } : { host: address[0], port: address[1] };
}

async function checkHonestClient(listener: Listener): Promise<void> {
  const client = await Client(listener.address, { authkey: KEY });
  await client.send("are you there?");
  const conn = await acceptHonest(listener);
  assert.equal(await conn.recv(), "are you there?");
  await conn.send("yes");
  assert.equal(await client.recv(), "yes");
  conn.close();
  client.close();
}

/** The next client that knows the key; what the others met must be one of the documented errors. */
async function acceptHonest(listener: Listener): Promise<Connection> {
  for (;;) {
    try {
      return await listener.accept();
    } catch (error) {
      const documented = error instanceof AuthenticationError || error instanceof EOFError || error instanceof TimeoutError;
      assert.ok(documented && /^Cannot authenticate: /.test(error.message), String(error));
    }
  }
}

for (const address of [["localhost", 0], undefined] as (SocketAddress | undefined)[]) {
  const family = address === undefined ? "a private address" : "TCP";
  for (const each of attacks) {
    test(`a Listener at ${family} survives ${each.name}, and honest clients get in meanwhile`, DEADLOCK, async () => {
      const listener = new Listener({ address, authkey: KEY });
      const attackers = await Promise.all(Array.from({ length: COPIES }, () => attack(portOf(listener), each)));
      await checkHonestClient(listener);
      for (const attacker of attackers) attacker.destroy();
      await checkHonestClient(listener);
      await listener.close();
    });
  }
}

test("hundreds of silent peers at once keep no honest client out", DEADLOCK, async () => {
  const listener = new Listener({ address: ["localhost", 0], authkey: KEY });
  const silent: Attack = { name: "silence", bytes: [], then: "stay" };
  const attackers = await Promise.all(Array.from({ length: 300 }, () => attack(portOf(listener), silent)));
  await checkHonestClient(listener);
  for (const attacker of attackers) attacker.destroy();
  await listener.close();
});

test("a peer that only connects gets no more than its challenge, and is told of its failure", DEADLOCK, async () => {
  const listener = new Listener({ address: ["localhost", 0], authkey: KEY });
  const socket = await attack(portOf(listener), { name: "", bytes: [], then: "stay" });
  const received: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => received.push(chunk));
  const ended = new Promise((resolve) => socket.on("end", resolve));
  socket.write(Uint8Array.of(0, 0, 0, 1, 7));
  await ended;
  assert.match(Buffer.concat(received).toString("latin1"), /#FAILURE#$/);
  socket.destroy();
  await listener.close();
});

test("the recorded conversation of an honest client does not open the door again", DEADLOCK, async () => {
  const listener = new Listener({ address: ["localhost", 0], authkey: KEY });
  const recorded: Buffer[] = [];
  const relay = net.createServer((inward) => {
    const outward = net.connect(portOf(listener) as net.TcpNetConnectOpts);
    inward.on("data", (chunk: Buffer) => void (recorded.push(chunk), outward.write(chunk)));
    outward.on("data", (chunk: Buffer) => inward.write(chunk));
    for (const [from, to] of [[inward, outward], [outward, inward]] as const) from.on("close", () => to.destroy()).on("error", () => {});
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const client = await Client(["127.0.0.1", (relay.address() as net.AddressInfo).port], { authkey: KEY });
  await client.send("secret order");
  const conn = await listener.accept();
  assert.equal(await conn.recv(), "secret order");
  for (const end of [client, conn]) end.close();
  const replayer = await attack(portOf(listener), { name: "replay", bytes: recorded, then: "stay" });
  await assert.rejects(listener.accept(), AuthenticationError);
  replayer.destroy();
  await new Promise((resolve) => relay.close(resolve));
  await listener.close();
});

for (const each of attacks) {
  test(`a Client whose peer sends ${each.name} rejects with one clear error`, DEADLOCK, async () => {
    const sockets: net.Socket[] = [];
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket.on("error", () => {}));
      socket.resume();
      for (const piece of each.bytes) socket.write(piece);
      if (each.then === "end") socket.end();
      else if (each.then === "reset") socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    await assert.rejects(Client(["127.0.0.1", port], { authkey: KEY, timeout: 500 }), (error) => {
      const documented = error instanceof AuthenticationError || error instanceof EOFError || error instanceof TimeoutError;
      assert.ok(documented && /^Cannot (authenticate|connect)/.test(error.message), String(error));
      return true;
    });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
}

test("a stranger without a key at a Listener without one can do nothing but send data", DEADLOCK, async () => {
  const listener = new Listener({ address: ["localhost", 0], maxMessageLength: 1000 });
  for (const each of attacks) {
    const attacker = await attack(portOf(listener), each);
    const conn = await listener.accept();
    attacker.end();
    await assert.rejects(async () => {
      for (;;) await conn.recvBytes();
    }, (error) => error instanceof EOFError || error instanceof ProcessError);
    conn.close();
    attacker.destroy();
  }
  const client = await Client(listener.address);
  const conn = await listener.accept();
  await client.send("honest");
  assert.equal(await conn.recv(), "honest");
  for (const end of [client, conn]) end.close();
  await listener.close();
});

test("a Listener that was attacked keeps no sockets", { ...DEADLOCK, skip: runtime.platform !== "linux" && "needs /proc" }, async () => {
  const { readdirSync } = await import("node:fs");
  const count = () => readdirSync("/proc/self/fd").length;
  const listener = new Listener({ address: ["localhost", 0], authkey: KEY });
  await checkHonestClient(listener);
  const before = count();
  for (let round = 0; round < 5; round++) {
    const attackers = await Promise.all(attacks.map((each) => attack(portOf(listener), each)));
    await checkHonestClient(listener);
    const closed = attackers.map((attacker) =>
      new Promise((resolve) => attacker.destroyed ? resolve(0) : attacker.on("close", resolve).destroy())
    );
    await Promise.all(closed);
  }
  while (listener.statistics().handshakes > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await checkHonestClient(listener);
  assert.ok(count() < before + 20, `${count()} descriptors, ${before} before`);
  await listener.close();
});
