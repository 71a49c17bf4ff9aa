import assert from "node:assert/strict";
import { test } from "node:test";
import { after } from "../../src/base/deadline.ts";

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
