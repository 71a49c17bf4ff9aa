/** What holds for a Process of every start method. Rows: python-behaviour.md 2.1. */
import { test } from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import * as mp from "@fenshen/multiprocessing";
import { noOpenFiles, openIn } from "../support/open_files.ts";
import * as targets from "./fixtures/targets.ts";

export function processBattery(method: mp.StartMethod): void {
  const ctx = mp.getContext(method);
  const claim = (text: string, run: () => Promise<void>) => test(`Process (${method}) ${text}`, { timeout: 60_000 }, run);

  claim("goes from initial to started to stopped, and starts once [test_process, test_active_children]", async () => {
    const p = new ctx.Process({ target: targets.nothing });
    assert.equal(p.isAlive(), false);
    assert.equal(p.exitcode, null);
    assert.equal(p.pid, null);
    assert.ok(!mp.activeChildren().includes(p));
    await p.start();
    await assert.rejects(p.start(), mp.ProcessError);
    assert.ok(mp.activeChildren().includes(p));
    assert.equal(p.pid === process.pid, method === "thread");
    assert.equal(await p.join(), 0);
    assert.equal(p.isAlive(), false);
    assert.equal(p.exitcode, 0);
    assert.ok(!mp.activeChildren().includes(p));
    assert.equal(await p.join(), 0, "may be joined again");
  });

  claim("runs its target in the child, which knows who it is [test_process, test_parent_process_attributes]", async () => {
    const queue = new ctx.Queue<Record<string, unknown>>();
    const p = new ctx.Process({ target: targets.tellWhoIAm, args: [queue, 1, { a: [2n] }], name: "somebody" });
    await p.start();
    const told = await queue.get();
    assert.equal(await p.join(), 0);
    assert.deepEqual(told, {
      args: [1, { a: [2n] }],
      name: "somebody",
      pid: p.pid,
      daemon: false,
      authkey: new Uint8Array(mp.currentProcess().authkey),
      alive: true,
      exitcode: null,
      parent: { name: "MainProcess", pid: process.pid, alive: true },
      main: false,
      method,
    });
  });

  claim(
    "is named after its class and number, and a grandchild after both; it waits for that at the end of its target, if its start was awaited or not",
    async () => {
      const queue = new ctx.Queue<string>();
      const p = new ctx.Process({ target: targets.leaveChildRunning, args: [queue] });
      const title = { spawn: "Spawn", forkserver: "ForkServer", thread: "Thread" }[method];
      assert.match(p.name, new RegExp(`^${title}Process-\\d+$`));
      await p.start();
      assert.equal(await p.join(), 0);
      assert.equal(await queue.getNowait(), p.name);
      assert.match(await queue.getNowait(), new RegExp(`^Process-${p.name.split("-")[1]}:1$`));
    },
  );

  claim("exits 1 after an uncaught error, a late one and a stray one", async () => {
    for (const target of [targets.throwTypeError, targets.rejectLater, targets.strayRejection, targets.strayAtTheEnd]) {
      const p = new ctx.Process({ target });
      await p.start();
      assert.equal(await p.join(), 1, target.name);
    }
  });

  // The whole table is in exit_code_test.ts.
  claim("ends by a SystemExit with the code of Python's table [test_sys_exit]", async () => {
    const table: [unknown, number][] = [[-1, 255], [[1, 2, 3], 1]];
    const started = table.map(([code]) => new ctx.Process({ target: targets.exitWith, args: [code] }));
    await Promise.all(started.map((p) => p.start()));
    await Promise.all(started.map((p) => p.join()));
    assert.deepEqual(started.map((p) => p.exitcode), table.map(([, want]) => want));
  });

  claim("reports the code of process.exit() and of process.exitCode, from 0 to 255 [2.1 exit codes]", async () => {
    const table: [(code: number) => void, number, number][] = [
      [targets.processExit, 77, 77],
      [targets.processExit, -1, 255],
      [targets.setExitCode, 300, 44],
    ];
    const started = table.map(([target, code]) => new ctx.Process({ target, args: [code] }));
    await Promise.all(started.map((p) => p.start()));
    assert.deepEqual(await Promise.all(started.map((p) => p.join())), table.map(([, , want]) => want));
  });

  claim(
    "reports -N when it is ended by a signal, also in an endless loop [test_terminate, test_kill, test_interrupt, test_interrupt_no_handler]",
    async () => {
      for (const [end, code] of [["terminate", -15], ["kill", -9], ["interrupt", -2]] as const) {
        const p = new ctx.Process({ target: targets.forever });
        await p.start();
        assert.equal(await p.join({ timeout: 0 }), null);
        assert.equal(await p.join({ timeout: -1 }), null);
        assert.ok(p.isAlive());
        p[end]();
        assert.equal(await p.join(), code);
        p[end]();
        assert.equal(await p.join(), code, "nothing happens after the end");
      }
      const busy = new ctx.Process({ target: targets.spin });
      await busy.start();
      busy.kill();
      assert.equal(await busy.join(), -9);
    },
  );

  claim("can be waited for with a timeout and a signal; cannot be closed while it runs, nor used afterwards [test_close]", async () => {
    const p = new ctx.Process({ target: targets.forever });
    await p.start();
    assert.equal(await p.join({ timeout: 1 }), null);
    const reason = new Error("enough");
    await assert.rejects(p.join({ signal: AbortSignal.abort(reason) }), reason);
    await assert.rejects(p.join({ timeout: NaN }), TypeError);
    assert.throws(() => p.close(), mp.ProcessError);
    p.kill();
    await p.join();
    p.close();
    p.close();
    assert.throws(() => p.isAlive(), mp.ClosedError);
    assert.throws(() => p.terminate(), mp.ClosedError);
    await assert.rejects(p.join(), mp.ClosedError);
    assert.equal(typeof p.name, "string");
  });

  claim("is joined when its scope ends, and a daemon terminated", async () => {
    const p = new ctx.Process({ target: targets.nothing });
    await p.start();
    await p[Symbol.asyncDispose]();
    assert.throws(() => p.exitcode, mp.ClosedError);
    const daemon = new ctx.Process({ target: targets.forever, daemon: true });
    await daemon.start();
    const { sentinel } = daemon;
    await daemon[Symbol.asyncDispose]();
    assert.equal(await sentinel.ended, -15);
  });

  claim("runs the run() of a subclass with the object's own fields [test_subclassing]", async () => {
    const queue = new ctx.Queue<string>();
    const p = new targets.Greeter("hello", queue);
    await p.start();
    assert.equal(await queue.get(), "hello from greeter, true, true");
    assert.equal(await p.join(), 0);
  });

  claim("delivers what its target put without awaiting, and can be joined first [2.4 exit, classic deadlock]", async () => {
    const queue = new ctx.Queue<number>();
    const p = new ctx.Process({ target: targets.putWithoutAwait, args: [queue, 100] });
    await p.start();
    assert.equal(await p.join(), 0);
    assert.equal(await queue.qsize(), 100);
  });

  claim("refuses what cannot travel in start() [2.2 queue or lambda]", async () => {
    let captured = 0;
    const closure = () => captured++;
    const p = new ctx.Process({ target: closure });
    await assert.rejects(p.start(), (e: Error) => e instanceof mp.SerializationError && /captured/.test(e.message));
    const q = new ctx.Process({ target: targets.tellWhoIAm as unknown as (x: unknown) => void, args: [Symbol("x")] });
    await assert.rejects(q.start(), mp.SerializationError);
    await assert.rejects(q.join(), mp.SerializationError);
    assert.match(String(q), / initial>$/);
    // So `await using` shows the failure of `start()` itself, in no SuppressedError.
    await q[Symbol.asyncDispose]();
    assert.equal(captured, 0);
  });

  claim("ends with code 1 when its arguments cannot be decoded there", async () => {
    const missing = mp.functionRef(new URL("./fixtures/targets.ts", import.meta.url), "doesNotExist") as () => void;
    const p = new ctx.Process({ target: missing });
    await p.start();
    assert.equal(await p.join(), 1);
  });

  claim("of which many run at once all end [test_many_processes]", async () => {
    const many = Array.from({ length: 5 }, () => new ctx.Process({ target: targets.nothing }));
    await Promise.all(many.map((p) => p.start()));
    assert.deepEqual(await Promise.all(many.map((p) => p.join())), many.map(() => 0));
    const doomed = Array.from({ length: 5 }, () => new ctx.Process({ target: targets.forever }));
    for (const p of doomed) {
      void p.start();
      p.terminate();
    }
    assert.deepEqual(await Promise.all(doomed.map((p) => p.join())), doomed.map(() => -15));
  });

  if (method === "thread") return;
  const has = "has neither its creator's files nor sockets of others [test_child_fd_inflation, test_closefd]";
  test(`Process (${method}) ${has}`, { timeout: 60_000, skip: noOpenFiles }, async () => {
    const file = fileURLToPath(import.meta.url);
    const opened = fs.openSync(file, "r");
    try {
      const [queue, enough] = [new ctx.Queue<string>(), new ctx.Event()];
      const children = [0, 1].map(() => new ctx.Process({ target: targets.takeTime, args: [queue, enough] }));
      for (const child of children) await child.start();
      for (const _ of children) assert.equal(await queue.get(), "ready");
      const [own, ...theirs] = [process.pid, ...children.map((child) => child.pid!)].map(openIn);
      assert.ok(own!.includes(file));
      for (const open of theirs) {
        const others = [own!, ...theirs.filter((other) => other !== open)].flat();
        assert.deepEqual(open.filter((name) => name === file || name.startsWith("socket:") && others.includes(name)), []);
      }
      for (const child of children) child.kill();
      for (const child of children) assert.equal(await child.join(), -9);
    } finally {
      fs.closeSync(opened);
    }
  });
}
