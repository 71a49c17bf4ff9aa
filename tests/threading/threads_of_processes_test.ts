/** Threads inside a child of each start method. */
import { test } from "node:test";
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import { startsThread } from "./fixtures/work.ts";

for (const method of mp.getAllStartMethods()) {
  test(`a thread of a Process (${method}) belongs to that process, where numbering begins anew`, { timeout: 60_000 }, async () => {
    const queue = new mp.Queue<unknown>();
    const p = new (mp.getContext(method).Process)({ target: startsThread, args: [queue] });
    await p.start();
    assert.equal(await p.join(), 0);
    assert.deepEqual(await queue.get(), ["MainThread", true, true, p.pid]);
    const { name, pid, listed, ident, main } = await queue.get() as Record<string, unknown>;
    assert.deepEqual({ name, pid }, { name: "Thread-1 (tellWhoIAm)", pid: p.pid });
    assert.deepEqual(listed, ["MainThread", "Thread-1 (tellWhoIAm)"]);
    assert.notEqual(ident, (main as { ident: number }).ident);
  });
}

test("no child is left; the warm ones end with this program, as the runner checks", () => {
  assert.deepEqual(mp.activeChildren().map(String), []);
});
