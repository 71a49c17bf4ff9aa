import { test } from "node:test";
import assert from "node:assert/strict";
import { TimeoutError } from "../../src/base/errors.ts";
import { Strangers } from "../../src/connection/strangers.ts";

const DEADLOCK = { timeout: 60_000 };

/** A connection of a stranger. */
class Visitor {
  why: unknown = null;
  leave!: () => void;
  readonly over = new Promise<void>((resolve) => this.leave = resolve);
  readonly abandon = (why: unknown) => {
    this.why ??= why;
    this.leave();
  };
}

function visit(strangers: Strangers): Visitor {
  const visitor = new Visitor();
  strangers.watch(visitor.abandon, visitor.over);
  return visitor;
}

test("Strangers sends the oldest away when there are too many", DEADLOCK, async () => {
  const strangers = new Strangers(60_000, 3);
  const visitors = Array.from({ length: 5 }, () => visit(strangers));
  assert.deepEqual(visitors.map(({ why }) => why instanceof TimeoutError), [true, true, false, false, false]);
  assert.equal(strangers.size, 3);
  visitors[2]!.leave();
  await visitors[2]!.over;
  assert.equal(strangers.size, 2);
  visit(strangers);
  assert.deepEqual(visitors.slice(2).map(({ why }) => why), [null, null, null]);
  strangers.sendAway("closed");
  assert.deepEqual(visitors.slice(2).map(({ why }) => why), [null, "closed", "closed"]);
});

test("Strangers sends away who takes too long, and nobody who is known", DEADLOCK, async () => {
  const strangers = new Strangers(10, 10);
  const known = visit(strangers);
  known.leave();
  const slow = visit(strangers);
  // The watch on strangers keeps no program alive.
  const alive = setInterval(() => {}, 1000);
  await slow.over;
  clearInterval(alive);
  assert.ok(slow.why instanceof TimeoutError && /within 10 ms/.test(slow.why.message));
  assert.equal(known.why, null);
});

test("Strangers may wait for ever", DEADLOCK, () => {
  const strangers = new Strangers(Infinity, 10);
  const visitor = visit(strangers);
  assert.equal(visitor.why, null);
  visitor.leave();
});
