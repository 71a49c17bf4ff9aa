import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { after, within } from "../../src/base/deadline.ts";
import { wait } from "@fenshen/multiprocessing/connection";

const never = () => new Promise<never>(() => {});

/** A signal that says how many listen to it. */
function counted() {
  const controller = new AbortController();
  const { signal } = controller;
  const counts = { now: 0, most: 0 };
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    counts.most = Math.max(counts.most, ++counts.now);
    Reflect.apply(addEventListener, signal, args);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    counts.now--;
    Reflect.apply(removeEventListener, signal, args);
  };
  return { controller, signal, counts };
}

test("a promise is asked once for all who wait for it with a limit, and each gets what it gives", async () => {
  for (const fails of [false, true]) {
    let asked = 0;
    const settle: ((value: number | Promise<never>) => void)[] = [];
    class Counted extends Promise<number> {
      override then<A = number, B = never>(...args: Parameters<Promise<number>["then"]>): Promise<A | B> {
        asked++;
        return super.then(...args) as Promise<A | B>;
      }
    }
    const promise = new Counted((resolve) => settle.push(resolve as (typeof settle)[0]));
    for (let i = 0; i < 3; i++) await assert.rejects(within(promise, { timeout: 1 }), { name: "TimeoutError" });
    const waits = [within(promise, { timeout: 60_000 }), within(promise, undefined)];
    assert.equal(asked, 1);
    settle[0]!(fails ? Promise.reject(new RangeError("no")) : 7);
    const late = within(promise, undefined);
    for (const wait of [...waits, late, within(promise, { timeout: 60_000 })]) {
      if (fails) await assert.rejects(wait, RangeError);
      else assert.equal(await wait, 7);
    }
  }
});

test("one listener to a signal serves all who wait with it, and none is left behind", async () => {
  const { controller, signal, counts } = counted();
  const waits = Array.from({ length: 20 }, () => within(never(), { signal }));
  assert.equal(await within(Promise.resolve(1), { signal }), 1);
  assert.deepEqual(counts, { now: 1, most: 1 });
  controller.abort("enough");
  assert.deepEqual(
    new Set((await Promise.allSettled(waits)).map((wait) => wait.status === "rejected" && wait.reason)),
    new Set(["enough"]),
  );

  const again = counted();
  await Promise.all([1, 2].map((value) => within(Promise.resolve(value), { signal: again.signal })));
  await within(Promise.resolve(3), { signal: again.signal });
  assert.deepEqual(again.counts, { now: 0, most: 1 });
});

test("a promise that fails after its waiter gave up, also at once, is no unhandled rejection", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  for (const signal of [AbortSignal.abort("given up"), AbortSignal.timeout(1)]) {
    let fail = (_reason: unknown) => {};
    const failing = new Promise<never>((_, reject) => (fail = reject));
    await assert.rejects(within(failing, { signal }));
    fail(new Error("late"));
    // Runtimes look for unhandled rejections after a turn.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  process.off("unhandledRejection", note);
  assert.deepEqual(unhandled, []);
});

test("many that wait, and many things to wait for, are no leak to the runtime", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on("warning", note);
  const sentinels = Array.from({ length: 20 }, () => ({ ended: never() }));
  const signal = AbortSignal.timeout(1);
  await Promise.allSettled([...sentinels.map((sentinel) => wait([sentinel], { signal })), wait(sentinels, { signal })]);
  process.off("warning", note);
  assert.deepEqual(warnings, []);
});

test("a timeout is never early", async () => {
  for (let i = 0; i < 60; i++) {
    const ms = 1 + (i % 7) * 0.9;
    const end = performance.now() + ms;
    await new Promise<void>((resolve) => void after(ms, resolve));
    assert.ok(performance.now() >= end, `${end - performance.now()} ms early`);
  }
});

test("a timeout beyond 2^31 ms does not pass at once, and is withdrawn", async () => {
  let passed = 0;
  const withdraw = [2 ** 31, 30 * 24 * 3600_000, Number.MAX_VALUE, Infinity].map((ms) => after(ms, () => passed++));
  await new Promise<void>((resolve) => void after(5, resolve));
  withdraw.forEach((end) => end());
  assert.equal(passed, 0);
});
