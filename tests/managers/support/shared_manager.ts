/** A manager that tests use one after the other: each costs the start of a unit. */
import type { BaseManager } from "@fenshen/multiprocessing/managers";

/** Makes one when there is none, and again after a test that failed. The last test takes it, and ends it. */
export class SharedManager<M extends BaseManager> {
  readonly #make: () => Promise<M>;
  #idle: M | null = null;

  constructor(make: () => Promise<M>) {
    this.#make = make;
  }

  /** Runs a test with the manager, which must work afterwards. @param empty The test counts objects: there is none yet, nor does it leave one. */
  async use(run: (manager: M) => Promise<void>, empty: boolean): Promise<void> {
    if (empty && this.#idle !== null && await this.#idle.numberOfObjects() > 0) await (await this.take()).shutdown();
    const manager = await this.take();
    let works = false;
    try {
      await run(manager);
      await manager.numberOfObjects();
      works = true;
    } finally {
      if (works) this.#idle = manager;
      else await manager.shutdown();
    }
  }

  /** The manager, which is the caller's from now on. */
  async take(): Promise<M> {
    const manager = this.#idle ?? await this.#make();
    this.#idle = null;
    return manager;
  }
}
