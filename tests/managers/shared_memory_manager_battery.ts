/** What must hold for a manager of shared memory whatever the start method. Rows: python-behaviour.md 2.13. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { SharedMemoryManager } from "@fenshen/multiprocessing/managers";
import { ShareableList, SharedMemory } from "@fenshen/multiprocessing/shared_memory";
import { doubleItem, fillMemory } from "./fixtures/units.ts";

const LIMIT = { timeout: 60_000 };
const gone = { code: "ENOENT" };

/** Runs the battery with managers and children of a start method. */
export function sharedMemoryManagerBattery(method: mp.StartMethod): void {
  const ctx = mp.getContext(method);

  test(`memory of a manager (${method}) is there until its shutdown [test_shared_memory_SharedMemoryManager_basics]`, LIMIT, async () => {
    const manager = new SharedMemoryManager({ ctx });
    await assert.rejects(manager.SharedMemory(8), mp.ProcessError);
    await assert.rejects(manager.ShareableList([1]), mp.ProcessError);
    await manager.start();
    const [memory, list] = [await manager.SharedMemory(1000), await manager.ShareableList(["a", 2.5, null])];
    assert.ok(memory.size >= 1000 && memory.buf.every((byte) => byte === 0));
    assert.deepEqual([...list], ["a", 2.5, null]);
    memory.close();
    const [again, other] = [new SharedMemory({ name: memory.name }), new ShareableList(null, { name: list.shm.name })];
    await manager.shutdown();
    assert.throws(() => new SharedMemory({ name: memory.name }), gone);
    assert.throws(() => new SharedMemory({ name: list.shm.name }), gone);
    // Who has it keeps it.
    other.set(0, "b");
    assert.equal(list.get(0), "b");
    for (const attached of [again, other.shm, list.shm]) attached.close();
    await assert.rejects(manager.SharedMemory(8), mp.ProcessError);
  });

  test(`children (${method}) share what a manager of memory gave them`, LIMIT, async () => {
    const manager = new SharedMemoryManager({ ctx });
    await manager.start();
    const [memory, list] = [await manager.SharedMemory(64), await manager.ShareableList([1, 2, 3])];
    const pool = new ctx.Pool(2);
    await Promise.all([pool.starmap(doubleItem, [[list, 0], [list, 1], [list, 2]]), pool.apply(fillMemory, [memory, 9])]);
    assert.deepEqual([...list], [2, 4, 6]);
    assert.ok(memory.buf.subarray(0, 64).every((byte) => byte === 9));
    list.shm.close();
    memory.close();
    await pool.terminate();
    await manager.shutdown();
  });

  test(`a manager of memory (${method}) bears names that somebody else unlinked, and refuses what is no memory`, LIMIT, async () => {
    const manager = new SharedMemoryManager({ ctx });
    await manager.start();
    const [first, second] = [await manager.SharedMemory(8), await manager.SharedMemory(8)];
    first.unlink();
    for (const [size, error] of [[0, RangeError], [-1, RangeError], [1.5, RangeError], ["8", TypeError], [undefined, TypeError]] as const) {
      await assert.rejects(manager.SharedMemory(size as number), error);
    }
    for (const items of [null, 5, "text", [() => 1], [{}], [Symbol.iterator]]) {
      await assert.rejects(manager.ShareableList(items as []), TypeError);
    }
    await assert.rejects(manager.ShareableList([2n ** 63n]), RangeError);
    await manager.shutdown();
    assert.throws(() => new SharedMemory({ name: second.name }), gone);
    first.close();
    second.close();
  });
}
