/** `Timer`. Rows: python-behaviour.md 1.8 and TimerTests of 2.11. */
import { test } from "node:test";
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import * as threading from "@fenshen/multiprocessing/threading";
import { leavesNothingBehind } from "../support/leftovers.ts";
import * as work from "./fixtures/work.ts";

const { Timer } = threading;
/** Longer than any test may take. */
const LONG = 600_000;

function claim(text: string, run: () => void | Promise<void>): void {
  test(`Timer ${text}`, { timeout: 60_000 }, run);
}

claim("calls its function with its arguments after the interval, in a thread", async () => {
  const queue = new mp.Queue<unknown>();
  const timer = new Timer(5, work.echo, [queue, "rang", { at: 1 }]);
  assert.ok(timer instanceof threading.Thread);
  assert.match(timer.name, /^Thread-\d+$/);
  await timer.start();
  assert.ok(timer.ident !== null);
  assert.deepEqual(await queue.get(), ["rang", { at: 1 }]);
  await timer.join();
  assert.equal(await timer.finished.isSet(), true);
});

claim("that is cancelled never calls its function, also when cancelled before its start", async () => {
  const queue = new mp.Queue<unknown>();
  const waiting = new Timer(LONG, work.echo, [queue]);
  const early = new Timer(LONG, work.echo, [queue]);
  const never = new Timer(Infinity, work.echo, [queue]);
  await early.cancel();
  await Promise.all([waiting.start(), early.start(), never.start()]);
  await early.join();
  await Promise.all([waiting.cancel(), never.cancel()]);
  await Promise.all([waiting.join(), never.join()]);
  await waiting.cancel();
  assert.equal(await queue.empty(), true);
});

claim("that has begun is not stopped by cancel()", async () => {
  const [begun, go] = [new threading.Event(), new threading.Event()];
  const timer = new Timer(0, work.waitFor, [begun, go]);
  await timer.start();
  await begun.wait();
  await timer.cancel();
  assert.equal(timer.isAlive(), true);
  await go.set();
  await timer.join();
});

claim("has arguments of its own [TimerTests]", async () => {
  const queue = new mp.Queue<unknown>();
  const first = new Timer(1, work.nothing);
  const second = new Timer(1, work.nothing);
  assert.notEqual(first.args, second.args);
  const given: [mp.Queue<unknown>, ...unknown[]] = [queue, 1];
  const timer = new Timer(1, work.echo, given);
  given.push(2);
  await timer.start();
  await timer.join();
  assert.deepEqual(await queue.get(), [1]);
});

claim("is the current thread of its function, with its own fields", async () => {
  const queue = new mp.Queue<unknown>();
  const timer = new Timer(3, work.tellTimer, [queue]);
  await timer.start();
  await timer.join();
  assert.deepEqual(await queue.get(), [true, 3, false]);
});

claim("may be subclassed with another run(): one that goes on until it is cancelled", async () => {
  const queue = new mp.Queue<unknown>();
  const timer = new work.Repeat(1, work.echo, [queue, "tick"]);
  await timer.start();
  for (let i = 0; i < 3; i++) assert.deepEqual(await queue.get(), ["tick"]);
  await timer.cancel();
  await timer.join();
});

claim("refuses an interval that is no number, a function that is none, and arguments that are no list", () => {
  for (const interval of [NaN, "5", null, undefined]) {
    assert.throws(() => new Timer(interval as number, work.nothing), {
      name: "TypeError",
      message: /interval must be a number of milliseconds/,
    });
  }
  assert.throws(() => new Timer(1, 5 as unknown as () => void), TypeError);
  for (const [args, type] of [[5, "number"], ["ab", "string"], [{ at: 1 }, "object"]]) {
    assert.throws(() => new Timer(1, work.nothing, args as never), {
      name: "TypeError",
      message: `Cannot make a Timer: args must be an array or another iterable, received ${type}`,
    });
  }
});

leavesNothingBehind(() => threading.enumerate().filter((thread) => thread !== threading.mainThread()).map(String));
