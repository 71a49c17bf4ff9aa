/** Hostile peers of the ports that the library opens by itself: those of Pipes, of children, and of the object server. */
import { test } from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import * as mp from "@fenshen/multiprocessing";
import { connectTo, offer } from "../../src/connection/endpoint.ts";
import { runtime } from "../../src/runtime/runtime.ts";
import type { Address } from "../../src/runtime/types.ts";
import { AuthenticationError, EOFError } from "./fixtures/api.ts";
import { attack, attacks } from "./fixtures/hostile.ts";
import * as targets from "./fixtures/listener_targets.ts";

const DEADLOCK = { timeout: 60_000 };

/** Every port of this program and its children that is open now. */
function openPorts(): Address[] {
  const folder = runtime.socketFolder()!;
  return fs.readdirSync(folder).filter((name) => /^\d+-[0-9a-f]+$/.test(name)).map((name) => ({ path: path.join(folder, name) }));
}

const skip = runtime.platform === "win32" && "Windows lists no pipes";

for (const method of ["spawn", "forkserver", "thread"] as const) {
  test(`${method}: Pipes, queues and new children work while every open port is attacked`, { ...DEADLOCK, skip }, async () => {
    const context = mp.getContext(method);
    const queue = new context.Queue<unknown>();
    const parking = new context.Queue<mp.Connection>();
    const [mine, its] = context.Pipe();
    const ownPort = offer(() => {});
    const child = new context.Process({ target: targets.echoThroughQueue, args: [its, queue, parking] });
    await child.start();
    const checkEcho = async (value: unknown) => {
      await mine.send(value);
      assert.deepEqual(await mine.recv(), value);
    };
    await checkEcho("before");
    const ports = openPorts();
    // This unit's, the child's, and the object server's.
    assert.ok(ports.length >= 3, `only ${ports.length} open ports`);
    const attackers: net.Socket[] = [];
    for (const each of attacks) {
      attackers.push(...await Promise.all(ports.map((port) => attack(port, each))));
      await checkEcho(each.name);
    }
    // What is newly introduced comes through an attacked port.
    const [reader, writer] = context.Pipe(false);
    const sender = new context.Process({ target: targets.sendNumbers, args: [writer, 3] });
    await sender.start();
    assert.deepEqual([await reader.recv(), await reader.recv(), await reader.recv()], [0, 1, 2]);
    assert.equal(await sender.join(), 0);
    const parked = await parking.get();
    assert.equal(await parked.recv(), "parked");
    parked.close();
    for (const attacker of attackers) attacker.destroy();
    await checkEcho("after");
    mine.close();
    assert.equal(await child.join(), 0);
    ownPort.withdraw();
    for (const each of [queue, parking]) each.close();
  });
}

/** An offer to attack, and a count of those who got in. */
async function attacked(use: (address: Address, ticket: ReturnType<typeof offer>["ticket"], visitors: () => number) => Promise<void>) {
  let visitors = 0;
  const { ticket, ready, withdraw } = offer((channel) => {
    visitors++;
    channel.onFrame((frame) => channel.send(frame));
  });
  await ready;
  try {
    await use(ticket.address, ticket, () => visitors);
  } finally {
    withdraw();
  }
}

const framed = (value: unknown) => {
  const body = new TextEncoder().encode(JSON.stringify(value));
  const frame = new Uint8Array(body.length + 4);
  new DataView(frame.buffer).setInt32(0, body.length);
  frame.set(body, 4);
  return frame;
};

/** The answer of a port to some bytes, up to its end. */
function answerTo(address: Address, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ ...address });
    let answer = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => answer += chunk.toString("latin1").slice(4));
    socket.on("close", () => resolve(answer));
    socket.write(bytes);
  });
}

test(
  "a right id with a wrong secret is refused, a wrong id is told nothing else",
  { ...DEADLOCK, skip },
  () =>
    attacked(async (address, ticket, visitors) => {
      const wrong = "0".repeat(ticket.secret.length);
      for (const secret of ["", wrong, ticket.secret.slice(1), ticket.secret + "0", ticket.secret.toUpperCase() + " "]) {
        assert.equal(await answerTo(address, framed({ id: ticket.id, secret })), "refused");
      }
      for (const id of ["", "__proto__", "constructor", "toString"]) {
        assert.equal(await answerTo(address, framed({ id, secret: ticket.secret })), "gone");
      }
      assert.equal(await answerTo(address, framed({ id: ticket.id, secret: 1 })), "");
      assert.equal(visitors(), 0);
    }),
);

test("a ticket for one visitor does not open the door again", { ...DEADLOCK, skip }, () =>
  attacked(async (address) => {
    const once = offer((channel) => channel.onFrame(() => {}), { once: true });
    await once.ready;
    const hello = framed({ id: once.ticket.id, secret: once.ticket.secret });
    const first = await attack(address, { name: "first", bytes: [hello], then: "end" });
    assert.equal(await answerTo(address, hello), "gone");
    await assert.rejects(connectTo(once.ticket), EOFError);
    first.destroy();
  }));

test("a ticket with a wrong secret is an AuthenticationError for who shows it", DEADLOCK, () =>
  attacked(async (_, ticket) => {
    await assert.rejects(connectTo({ ...ticket, secret: "wrong" }), AuthenticationError);
  }));

// Warm children wait until the program ends; the runner looks for what is left after that.
