/** Pools that tests use one after the other: each worker costs the start of a unit. */
import assert from "node:assert/strict";
import type * as mp from "@fenshen/multiprocessing";

/** What a pool that is whole can do. */
export const square = (x: number): number => x * x;

/** Pools of a context, each had by one test at a time. */
export class Pools {
  readonly #ctx: mp.Context;
  readonly #idle: mp.Pool[] = [];

  constructor(ctx: mp.Context) {
    this.#ctx = ctx;
  }

  /** A pool of this size, the caller's until it gives it back. */
  take(size: number): mp.Pool {
    const found = this.#idle.findIndex((pool) => pool.size === size);
    return found < 0 ? new this.#ctx.Pool(size) : this.#idle.splice(found, 1)[0]!;
  }

  /** Keeps a pool for later tests, unless it was ended. One that is not whole fails its test. */
  async giveBack(pool: mp.Pool): Promise<void> {
    if (pool.statistics().state !== "running") return await pool.terminate();
    assert.equal(await pool.apply(square, [3]), 9);
    const { workers, tasks } = pool.statistics();
    assert.deepEqual([workers, tasks], [pool.size, 0], "the test has not left its pool as it was");
    this.#idle.push(pool);
  }

  /** Runs a test with a pool that must be whole afterwards. That of a test that failed is not used again: the next test has a new one. */
  async use(size: number, run: (pool: mp.Pool) => Promise<void>): Promise<void> {
    const pool = this.take(size);
    try {
      await run(pool);
      assert.equal(pool.statistics().state, "running");
      await this.giveBack(pool);
    } catch (error) {
      await pool.terminate();
      throw error;
    }
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
