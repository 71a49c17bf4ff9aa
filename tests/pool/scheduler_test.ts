/** Which slot gets which task. */
import { test } from "node:test";
import assert from "node:assert/strict";
import type { FunctionRecord } from "../../src/pool/functions.ts";
import { Scheduler, type Slot } from "../../src/pool/scheduler.ts";
import { Task, type TaskOwner } from "../../src/pool/task.ts";
import { encodeValue } from "../../src/reference/value.ts";

class Owner implements TaskOwner {
  readonly site = new Error();
  settled = false;
  retries = 0;
  readonly listens = false;
  readonly log: unknown[] = [];
  outcome(index: number, ok: boolean, value: unknown): void {
    this.log.push([index, ok, value]);
  }
  fail(error: unknown): void {
    this.settled = true;
    this.log.push(error);
  }
  reported(): void {}
  taskMade(): void {}
  taskOver(): void {}
}

class FakeSlot implements Slot {
  readonly ran: Task[] = [];
  run(task: Task): void {
    this.ran.push(task);
  }
}

const fn: FunctionRecord = { name: "f", id: 1, reference: new Uint8Array(1), ready: null };
const bytes = (value: unknown) => encodeValue(value) as Uint8Array;
const made = (owner: Owner, frame: Uint8Array | Promise<Uint8Array> = new Uint8Array(10)) =>
  new Task({ fn, owner, first: 0, count: 1, frame });

function setUp() {
  const log: string[] = [];
  const scheduler = new Scheduler({ busy: () => log.push("busy"), quiet: () => log.push("quiet") });
  return { log, scheduler, slot: new FakeSlot(), owner: new Owner() };
}

test("Scheduler gives tasks to idle slots in the order of submission", () => {
  const { scheduler, slot, owner } = setUp();
  const tasks = [made(owner), made(owner), made(owner)];
  for (const task of tasks) scheduler.add(task);
  for (let i = 0; i < 3; i++) scheduler.offer(slot);
  assert.deepEqual(slot.ran.map((task) => tasks.indexOf(task)), [0, 1, 2]);
});

test("Scheduler gives a task that was begun elsewhere before all others", () => {
  const { scheduler, slot, owner } = setUp();
  const [first, again] = [made(owner), made(owner)];
  scheduler.add(first);
  scheduler.readd(again);
  scheduler.offer(slot);
  assert.deepEqual(slot.ran, [again]);
});

test("Scheduler holds tasks behind one that is not ready, and passes over one that was dropped", async () => {
  const { scheduler, slot, owner } = setUp();
  let ready!: (frame: Uint8Array) => void;
  const slow = made(owner, new Promise((resolve) => (ready = resolve)));
  const behind = made(owner);
  scheduler.offer(slot);
  scheduler.offer(slot);
  scheduler.add(slow);
  scheduler.add(behind);
  assert.equal(slot.ran.length, 0);
  ready(new Uint8Array(10));
  await slow.ready;
  await null;
  assert.deepEqual(slot.ran, [slow, behind]);
  const dropped = made(owner, new Promise(() => {}));
  const last = made(owner);
  scheduler.add(dropped);
  scheduler.add(last);
  dropped.drop();
  scheduler.offer(slot);
  assert.equal(slot.ran.at(-1), last);
});

test("Scheduler goes on behind a task that is withdrawn before it is ready, with none that is withdrawn together with it", async () => {
  const { scheduler, slot, owner } = setUp();
  const [slow, withdrawn, behind] = [made(owner, new Promise(() => {})), made(owner), made(owner)];
  scheduler.offer(slot);
  for (const task of [slow, withdrawn, behind]) scheduler.add(task);
  slow.drop();
  withdrawn.drop();
  await null;
  assert.deepEqual(slot.ran, [behind]);
});

test("Scheduler keeps no number of withdrawn tasks, however long their turn does not come", () => {
  const { scheduler, slot, owner } = setUp();
  const [first, last] = [made(owner), made(owner)];
  scheduler.add(first);
  let looked = 0;
  for (let i = 0; i < 5000; i++) {
    const task = made(owner);
    let state = task.state;
    Object.defineProperty(task, "state", { get: () => (looked++, state), set: (next) => (state = next) });
    scheduler.add(task);
    task.drop();
  }
  scheduler.add(last);
  looked = 0;
  scheduler.offer(slot);
  scheduler.offer(slot);
  assert.deepEqual(slot.ran, [first, last]);
  assert.ok(looked < 1100, `${looked} are still there`);
});

test("Scheduler tells of work once when it comes and once when all of it is over", () => {
  const { scheduler, slot, owner, log } = setUp();
  const [a, b] = [made(owner), made(owner)];
  scheduler.add(a);
  scheduler.add(b);
  scheduler.offer(slot);
  assert.deepEqual(log, ["busy"]);
  b.drop();
  a.receive(0, bytes(5));
  assert.deepEqual(log, ["busy", "quiet"]);
  assert.deepEqual(owner.log, [[0, true, 5]]);
  assert.equal(scheduler.live, 0);
});

test("Scheduler gives nothing to a slot that left", () => {
  const { scheduler, slot, owner } = setUp();
  scheduler.offer(slot);
  scheduler.leave(slot);
  scheduler.add(made(owner));
  assert.equal(slot.ran.length, 0);
});
