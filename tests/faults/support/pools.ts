/** Pools that lose workers in one row after the other: each worker costs the start of a unit. */
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import * as tasks from "../fixtures/tasks.ts";

/** Pools of a start method, each had by one fault at a time. */
export class Pools {
  readonly #method: mp.StartMethod;
  readonly #idle: mp.Pool[] = [];

  constructor(method: mp.StartMethod) {
    this.#method = method;
  }

  /** A pool of this size. */
  take(size: number): mp.Pool {
    const found = this.#idle.findIndex((pool) => pool.size === size);
    return found < 0 ? new (mp.getContext(this.#method).Pool)(size) : this.#idle.splice(found, 1)[0]!;
  }

  /** Keeps a pool for later faults, unless it was ended. One that is left unfit fails its row. */
  async giveBack(pool: mp.Pool): Promise<void> {
    if (pool.statistics().state !== "running") return await pool.terminate();
    assert.equal(await pool.apply(tasks.square, [3]), 9);
    const { workers, tasks: left } = pool.statistics();
    assert.deepEqual([workers, left], [pool.size, 0], "the row has not left its pool as it was");
    this.#idle.push(pool);
  }

  /** Ends those that are left, in order. */
  async end(): Promise<void> {
    for (const pool of this.#idle.splice(0)) {
      pool.close();
      await pool.join();
      assert.equal(pool.statistics().workers, 0);
    }
  }
}
