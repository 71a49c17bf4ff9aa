/** What holds for pipes between units of every start method. Rows: python-behaviour.md 2.6. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { BrokenPipeError, ClosedError, EOFError, SerializationError } from "../../src/base/errors.ts";
import { boundProcess } from "../../src/context/process.ts";
import type { StartMethodName } from "../../src/context/start_methods.ts";
import { type Connection, Pipe } from "../../connection.ts";
import * as targets from "./fixtures/pipe_targets.ts";

/** Longer than what the sockets of a link and the window hold together. */
const LONG_STREAM = 64 << 20;

export function pipeBattery(method: StartMethodName): void {
  const Process = boundProcess(method, {});
  const claim = (text: string, run: () => Promise<void>) => test(`Pipe (${method}) ${text}`, { timeout: 60_000 }, run);

  claim("connects this unit with a child, and what was sent before the start arrives", async () => {
    const [mine, its] = Pipe();
    await mine.send("early");
    const child = new Process({ target: targets.echo, args: [its] });
    await child.start();
    assert.equal(await mine.recv(), "early");
    const bytes = new Uint8Array(16 << 20).fill(7);
    await mine.send(bytes);
    assert.deepEqual(await mine.recv(), bytes);
    mine.close();
    assert.equal(await child.join(), 0);
  });

  claim("may have the child's end closed right after start() [test_spawn_close]", async () => {
    const [mine, its] = Pipe();
    const child = new Process({ target: targets.echo, args: [its] });
    await child.start();
    its.close();
    await mine.send(1);
    assert.equal(await mine.recv(), 1);
    mine.close();
    await child.join();
  });

  claim("refuses an end to a second child while it is under way to a first, not once that message has died", async () => {
    const [mine, its] = Pipe();
    const lost = new Process({ target: targets.passOn, args: [its, mine.send as never] });
    await assert.rejects(lost.start(), SerializationError);
    const [child, second] = [1, 2].map(() => new Process({ target: targets.echo, args: [its] }));
    const started = child!.start();
    await assert.rejects(second!.start(), { name: "SerializationError", message: /on its way to another unit already/ });
    await started;
    await mine.send(1);
    assert.equal(await mine.recv(), 1);
    mine.close();
    await child!.join();
  });

  claim("with its ends in two children works without the unit that made it", async () => {
    const [left, right] = Pipe();
    const reports = [Pipe(false), Pipe(false)] as const;
    const children = [
      new Process({ target: targets.pingPong, args: [left, 500, true, reports[0][1]] }),
      new Process({ target: targets.pingPong, args: [right, 500, false, reports[1][1]] }),
    ];
    await Promise.all(children.map((child) => child.start()));
    assert.deepEqual(await Promise.all(reports.map(([reader]) => reader.recv())), ["here", "here"]);
    await Promise.all(children.map((child) => child.join()));
    assert.deepEqual(await Promise.all(reports.map(([reader]) => reader.recv())), [999, 998]);
    assert.deepEqual([left.statistics().state, right.statistics().state], ["handed on", "handed on"]);
  });

  claim("delivers what a child sent without waiting, then the end of the stream", async () => {
    const [reader, writer] = Pipe(false);
    const child = new Process({ target: targets.sendAndEnd, args: [writer, 1000] });
    await child.start();
    assert.equal(await child.join(), 0);
    assert.equal(await reader.poll(), true);
    const values: unknown[] = [];
    for await (const value of reader) values.push(value);
    assert.deepEqual(values, Array.from({ length: 1000 }, (_, i) => i));
  });

  claim("ends when the child is killed: what arrived can be read, then EOFError; sending gives BrokenPipeError", async () => {
    const [mine, its] = Pipe();
    const child = new Process({ target: targets.sendAndHang, args: [its, "last words"] });
    await child.start();
    assert.equal(await mine.poll(null), true);
    const blocked = Array.from({ length: 4 }, () => mine.sendBytes(new Uint8Array(4 << 20)));
    child.kill();
    assert.equal(await mine.recv(), "last words");
    await assert.rejects(mine.recv(), EOFError);
    await assert.rejects(mine.send(1), BrokenPipeError);
    const last = blocked.pop()!;
    await assert.rejects(last, BrokenPipeError);
    await Promise.allSettled(blocked);
    assert.equal(await child.join(), -9);
  });

  claim("carries ends of other pipes, from unit to unit and back", async () => {
    const [ours, mid] = Pipe();
    const [midOut, last] = Pipe();
    const middleman = new Process({ target: targets.passOn, args: [mid, midOut] });
    await middleman.start();
    const [left, right] = Pipe();
    await left.send("unread");
    await ours.send(right);
    const back = await last.recv() as Connection;
    assert.equal(await back.recv(), "unread");
    await back.send("direct");
    assert.equal(await left.recv(), "direct");
    await assert.rejects(right.recv(), ClosedError);
    ours.close();
    assert.equal(await middleman.join(), 0);
    await left.send("the middleman is gone");
    assert.equal(await back.recv(), "the middleman is gone");
  });

  claim("keeps the direction of its ends in a child [test_access]", async () => {
    const [reader, writer] = Pipe(false);
    const [results, report] = Pipe(false);
    const child = new Process({ target: targets.tryDirections, args: [reader, writer, report] });
    await child.start();
    assert.deepEqual(await results.recv(), {
      flags: [true, false, false, true],
      refusals: ["Error: Cannot send on a Connection: it is read-only", "Error: Cannot receive on a Connection: it is write-only"],
    });
    await child.join();
  });

  claim("lets a child see at once what was sent before it started", async () => {
    const [mine, its] = Pipe();
    await mine.send("early");
    const child = new Process({ target: targets.pollAtOnce, args: [its] });
    await child.start();
    assert.deepEqual(await mine.recv(), [true, "early"]);
    await child.join();
  });

  claim("bounds what is under way in a long stream", async () => {
    const [mine, its] = Pipe();
    const [results, report] = Pipe(false);
    const child = new Process({ target: targets.countBytes, args: [its, report] });
    await child.start();
    const body = new Uint8Array(256 << 10);
    let most = 0;
    for (let sent = 0; sent < LONG_STREAM; sent += body.length) {
      await mine.sendBytes(body);
      most = Math.max(most, mine.statistics().unacknowledgedBytes);
    }
    await mine.sendBytes(new Uint8Array(0));
    assert.equal(await results.recv(), LONG_STREAM);
    assert.ok(most < 2 << 20, `${most} bytes were under way`);
    await child.join();
  });
}
