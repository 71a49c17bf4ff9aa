/** What must hold for shared memory whatever the start method. Rows: python-behaviour.md 2.13. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { ShareableList, SharedMemory } from "@fenshen/multiprocessing/shared_memory";
import { addToEach, change, count, fill, make, take } from "./fixtures/units.ts";

const LIMIT = { timeout: 60_000 };

/** Runs the battery with children of a start method. */
export function memoryBattery(method: mp.StartMethod): void {
  const ctx = mp.getContext(method);

  async function ends<A extends unknown[]>(target: (...args: A) => unknown, args: A): Promise<void> {
    const child = new ctx.Process({ target, args });
    await child.start();
    assert.equal(await child.join(), 0);
  }

  test(`what a child (${method}) writes is there, in memory given as an argument [test_shared_memory_pickle_unpickle]`, LIMIT, async () => {
    const memory = new SharedMemory({ create: true, size: 300_000 });
    await ends(fill, [memory, 9]);
    assert.ok(memory.buf.every((byte) => byte === 9));
    memory.close();
    memory.unlink();
  });

  test(`a child (${method}) attaches by name and sends back what it attached [test_shared_memory_across_processes]`, LIMIT, async () => {
    const memory = new SharedMemory({ create: true, size: 64 });
    memory.buf.fill(1);
    const queue = new ctx.Queue<SharedMemory>();
    await ends(addToEach, [memory.name, queue]);
    const back = await queue.get();
    assert.equal(back.name, memory.name);
    back.buf[63] = 200;
    assert.deepEqual([memory.buf[0], memory.buf[63]], [2, 200]);
    back.close();
    memory.close();
    memory.unlink();
  });

  test(`memory that a Pool task (${method}) made outlives its worker`, LIMIT, async () => {
    const pool = new ctx.Pool(1);
    const memory = await pool.apply(make, [77]);
    await pool.terminate();
    const again = new SharedMemory({ name: memory.name });
    assert.deepEqual([...memory.buf, ...again.buf.subarray(0, 2)], Array(10).fill(77));
    again.close();
    memory.close();
    memory.unlink();
  });

  test(`memory that is gone is refused where it arrives (${method}) [test_shared_memory_pickle_unpickle_dead_object]`, LIMIT, async () => {
    const [queue, pool] = [new ctx.Queue<SharedMemory>(), new ctx.Pool(1)];
    const memory = new SharedMemory({ create: true, size: 8 });
    const taken = pool.apply(take, [queue]);
    memory.unlink();
    await queue.put(memory);
    assert.equal(await taken, "ENOENT");
    memory.close();
    await pool.terminate();
  });

  test(`a ShareableList travels by its name (${method}) [test_shared_memory_ShareableList_pickling]`, LIMIT, async () => {
    const list = new ShareableList(["before", 1.5]);
    await ends(change, [list]);
    assert.deepEqual([...list], ["changed", 2]);
    list.shm.close();
    list.shm.unlink();
  });

  test(`a million increments by two units (${method}) are exact`, LIMIT, async () => {
    const memory = new SharedMemory({ create: true, size: 8 });
    await Promise.all([1, 2].map(() => ends(count, [memory, 2, 500_000])));
    assert.equal(new Int32Array(memory.buf.buffer)[0], 1_000_000);
    memory.close();
    memory.unlink();
  });
}
