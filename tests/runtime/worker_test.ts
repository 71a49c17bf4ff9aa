import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { runtime } from "../../src/runtime/runtime.ts";
import { programCommand } from "./fixtures/program.ts";
import { fixture, startProcess, startThread, text } from "./fixtures/start.ts";

const DEADLOCK = { timeout: 60_000 };

for (const code of [0, 1, 7]) {
  test(`a thread that exits with ${code} says so and ends nobody else`, DEADLOCK, async () => {
    assert.deepEqual(await startThread("exit", code).exited, { exitcode: code });
  });
}

test("terminate() stops a thread in an endless loop", DEADLOCK, async () => {
  const worker = startThread("loop");
  worker.terminate();
  assert.deepEqual(await worker.exited, { exitcode: 1 });
});

/** What a program prints that starts such a thread: `bun test` takes the errors of its own threads for its own. */
function threadProgram(...args: string[]): string {
  const [file, ...rest] = programCommand(fixture("thread_program"), args);
  return spawnSync(file!, rest, { encoding: "utf8" }).stdout;
}

test("an uncaught error in a thread gives exit code 1 and ends nobody else", DEADLOCK, () => {
  assert.match(threadProgram("throwing"), / exit code 1\n$/);
});

test("a thread gets its launch once, its own environment, and the program's folder", DEADLOCK, async () => {
  const data = new Map([[1, new Uint8Array([1, 2])]]);
  const worker = startThread("report", data, { env: { ADDED: "yes" } });
  const seen = await new Promise<Record<string, unknown>>((resolve) => worker.port.onMessage((m) => resolve(m as Record<string, unknown>)));
  assert.deepEqual(seen.data, data);
  assert.equal(seen.again, null);
  assert.deepEqual(seen.workerData, []);
  assert.equal(seen.added, "yes");
  assert.equal(seen.main, false);
  assert.equal(seen.pid, runtime.pid);
  assert.equal(seen.threadId, worker.threadId);
  assert.deepEqual(seen.isMain, [false, false]);
  assert.equal(seen.folder, runtime.socketFolder());
  assert.equal(seen.program, runtime.entryUrl());
  await worker.exited;
});

test("every message that a thread posted before its end is handed over, in order, before exited settles", DEADLOCK, async () => {
  for (let round = 0; round < 3; round++) {
    const worker = startThread("messages", 5000);
    let expected = 0;
    let inOrder = true;
    worker.port.onMessage((message) => inOrder &&= message === expected++);
    let closes = 0;
    worker.port.onClose(() => closes++);
    assert.deepEqual(await worker.exited, { exitcode: 5 });
    assert.deepEqual([expected, inOrder, closes], [5000, true, 1]);
  }
});

test("what a thread posted before it was stopped is handed over, in order", DEADLOCK, async () => {
  for (let round = 0; round < 5; round++) {
    const shared = new SharedArrayBuffer(8);
    const flags = new Int32Array(shared);
    const worker = startThread("messagesThenHold", shared);
    const seen: unknown[] = [];
    worker.port.onMessage((message) => seen.push(message));
    while (Atomics.load(flags, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    worker.terminate();
    await worker.exited;
    assert.deepEqual(seen, [0, 1, 2]);
  }
});

test("a port keeps messages until there is a receiver", DEADLOCK, async () => {
  const worker = startThread("echo");
  for (let i = 0; i < 10; i++) worker.port.post(i);
  await new Promise((resolve) => setImmediate(resolve));
  const seen: unknown[] = [];
  await new Promise<void>((resolve) => worker.port.onMessage((message) => seen.push(message) === 10 && resolve()));
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const closed = new Promise<void>((resolve) => worker.port.onClose(resolve));
  worker.port.post("close");
  await closed;
  assert.deepEqual(await worker.exited, { exitcode: 0 });
});

test("post() moves what it is told to", DEADLOCK, async () => {
  const worker = startThread("echo");
  const bytes = new Uint8Array([1, 2, 3]);
  const back = new Promise((resolve) => worker.port.onMessage(resolve));
  worker.port.post(bytes, [bytes.buffer]);
  assert.equal(bytes.length, 0);
  assert.deepEqual(await back, new Uint8Array([1, 2, 3]));
  worker.port.close();
  assert.deepEqual(await worker.exited, { exitcode: 0 });
});

test("a thread whose port is unref'd ends when nothing else holds it", DEADLOCK, async () => {
  assert.deepEqual(await startThread("unheld").exited, { exitcode: 0 });
});

for (const kind of ["error", "string", "rejection", "now"]) {
  test(`onUncaught() gets an uncaught ${kind}, in a process and in a thread`, DEADLOCK, async () => {
    const child = await startProcess("uncaught", kind);
    assert.deepEqual(await child.exited, { exitcode: 9 }, await text(child.stderr));
    const said = kind === "string" ? "caught boom" : "caught Error: boom";
    assert.equal(await text(child.stdout), said);
    assert.equal(threadProgram("uncaught", kind), `${said} exit code 9\n`);
  });
}

for (const code of [null, 0, 4]) {
  test(`onExit() hooks run in order when a process ends with ${code}`, DEADLOCK, async () => {
    const child = await startProcess("hooks", code);
    assert.equal(await text(child.stdout), "first second");
    assert.deepEqual(await child.exited, { exitcode: code ?? 0 });
  });
}
