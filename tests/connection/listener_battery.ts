/** What holds for listeners and clients in units of every start method. Rows: python-behaviour.md 2.8. */
import { test } from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { Client, type Connection, EOFError, Listener, type SocketAddress, wait } from "./fixtures/api.ts";
import { families, freshPath } from "./fixtures/families.ts";
import * as targets from "./fixtures/listener_targets.ts";

export function listenerBattery(method: mp.StartMethod): void {
  const context = mp.getContext(method);
  const claim = (text: string, run: () => Promise<void>, skip: string | false = false) =>
    test(`${method}: ${text}`, { skip, timeout: 60_000 }, run);

  for (const family of families) {
    for (const authkey of [null, "swordfish"]) {
      claim(`a child connects by ${family.name}, ${authkey === null ? "no key" : "a key"} [test_listener_client]`, async () => {
        const listener = new Listener({ address: family.address(), authkey });
        const child = new context.Process({ target: targets.connectAndSend, args: [listener.address, authkey, { hello: 1 }] });
        await child.start();
        const conn = await listener.accept();
        assert.deepEqual(await conn.recv(), { hello: 1 });
        await conn.send("and back");
        assert.equal(await conn.recv(), "and back");
        await assert.rejects(conn.recv(), EOFError);
        conn.close();
        assert.equal(await child.join(), 0);
        await listener.close();
      }, family.missing);
    }
  }

  claim("a child listens; its socket file goes with it, though it closed nothing", async () => {
    const [told, tell] = context.Pipe(false);
    const child = new context.Process({ target: targets.listenAndEcho, args: [tell, "swordfish"] });
    await child.start();
    const address = await told.recv() as SocketAddress;
    const conn = await Client(address, { authkey: "swordfish" });
    await conn.send("hello");
    assert.equal(await conn.recv(), "hello");
    conn.close();
    assert.equal(await child.join(), 0);
    assert.equal(typeof address === "string" && fs.existsSync(address), false);
    told.close();
  });

  claim("a child that has closed its Listener leaves alone, when it ends, what has its address and its descriptor by then", async () => {
    const [mine, theirs] = context.Pipe();
    const address = freshPath();
    const child = new context.Process({ target: targets.listenAndClose, args: [address, theirs] });
    await child.start();
    await mine.recv();
    const listener = new Listener({ address });
    // The lowest numbers that are free: in a thread the listener's is among them.
    const descriptors = Array.from({ length: 20 }, () => fs.openSync(process.execPath, "r"));
    const { ino } = fs.statSync(process.execPath);
    await mine.send("end");
    assert.equal(await child.join(), 0);
    assert.deepEqual(descriptors.map((descriptor) => fs.fstatSync(descriptor).ino), descriptors.map(() => ino));
    for (const descriptor of descriptors) fs.closeSync(descriptor);
    const conn = await Client(address);
    for (const end of [conn, mine]) end.close();
    await listener.close();
  });

  claim("wait() and recv() get every message of four children, then their ends [test_wait, test_wait_slow]", async () => {
    const listener = new Listener();
    const children = Array.from(
      { length: 2 },
      () => new context.Process({ target: targets.connectAndCount, args: [listener.address, 10] }),
    );
    const pipes = Array.from({ length: 2 }, () => context.Pipe(false));
    for (const [, writer] of pipes) children.push(new context.Process({ target: targets.sendNumbers, args: [writer, 10] }));
    await Promise.all(children.map((child) => child.start()));
    const readers: Connection[] = pipes.map(([reader]) => reader);
    for (let i = 0; i < 2; i++) readers.push(await listener.accept());
    const got = new Map<Connection, unknown[]>(readers.map((reader) => [reader, []]));
    let open = [...readers];
    while (open.length > 0) {
      for (const reader of await wait(open)) {
        try {
          got.get(reader)!.push(await reader.recv());
        } catch (error) {
          assert.ok(error instanceof EOFError);
          open = open.filter((each) => each !== reader);
        }
      }
    }
    for (const numbers of got.values()) assert.deepEqual(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const reader of readers) reader.close();
    await Promise.all(children.map((child) => child.join()));
    await listener.close();
  });

  claim("wait() mixes Connections and sentinels; a sentinel stays ready [test_wait_integer]", async () => {
    const [reader, writer] = context.Pipe(false);
    const [mine, its] = context.Pipe();
    const child = new context.Process({ target: targets.endWhenTold, args: [its] });
    await child.start();
    const both = [reader, child.sentinel];
    assert.deepEqual(await wait(both, { timeout: 20 }), []);
    await writer.send(1);
    assert.deepEqual(await wait(both), [reader]);
    await reader.recv();
    const ending = wait(both);
    await mine.send("end");
    assert.deepEqual(await ending, [child.sentinel]);
    await writer.send(2);
    assert.deepEqual(await wait(both), both);
    assert.deepEqual(await wait(both, { timeout: 0 }), both);
    assert.equal(await child.join(), 0);
    for (const end of [reader, writer, mine]) end.close();
  });

  claim("the death of a child ends its connection", async () => {
    const listener = new Listener();
    const child = new context.Process({ target: targets.connectAndStay, args: [listener.address] });
    await child.start();
    const conn = await listener.accept();
    assert.equal(await conn.recv(), "here");
    child.kill();
    await assert.rejects(conn.recv(), EOFError);
    conn.close();
    assert.equal(await child.join(), -9);
    await listener.close();
  });
}
