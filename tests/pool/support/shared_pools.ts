/** Pools that tests use one after the other: each worker costs the start of a unit. */
import assert from "node:assert/strict";
import type * as mp from "@fenshen/multiprocessing";
import * as tasks from "../fixtures/tasks.ts";

/** Pools of several sizes, each used by one test at a time. The last test of each size takes it, and ends it. */
export class SharedPools {
  readonly #ctx: mp.Context;
  readonly #idle = new Map<number, mp.Pool>();

  constructor(ctx: mp.Context) {
    this.#ctx = ctx;
  }

  /** Runs a test with a pool of this size, which must be whole afterwards. That of a test that failed is not used again: the next test has a new one. */
  async use(size: number, run: (pool: mp.Pool) => Promise<void>): Promise<void> {
    const pool = this.take(size);
    let whole = false;
    try {
      await run(pool);
      assert.equal(await pool.apply(tasks.square, [3]), 9);
      const { state, workers, tasks: left } = pool.statistics();
      assert.deepEqual([state, workers, left], ["running", size, 0], "the test has not left its pool as it was");
      whole = true;
    } finally {
      if (whole) this.#idle.set(size, pool);
      else await pool.terminate();
    }
  }

  /** A pool of this size that is the caller's from now on. */
  take(size: number): mp.Pool {
    const pool = this.#idle.get(size) ?? new this.#ctx.Pool(size);
    this.#idle.delete(size);
    return pool;
  }
}
