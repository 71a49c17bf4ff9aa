import assert from "node:assert/strict";
import { test } from "node:test";
import { BrokenPipeError, EOFError, ShutDown } from "../../src/base/errors.ts";
import { type Unit, World } from "./fixtures/loopback.ts";

/** A repeatable source of chance (mulberry32). */
function chance(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whether a call failed because its own unit was killed. */
const killed = (error: unknown) => error instanceof EOFError || error instanceof BrokenPipeError;

/** Lets any number of other things happen first, decided by chance. */
async function dawdle(random: () => number): Promise<void> {
  for (let i = Math.floor(random() * 8); i > 0; i--) await null;
  if (random() < 0.1) await new Promise((resolve) => setImmediate(resolve));
}

class Trial {
  readonly world = new World();
  readonly random: () => number;
  readonly maxsize: number;
  /** Puts that were acknowledged. */
  readonly accepted: number[] = [];
  /** Puts that rejected with their signal's reason: they have not happened. */
  readonly undone: number[] = [];
  /** Items that a living consumer got, its receipt confirmed. */
  readonly received: number[] = [];
  /** Items that a consumer got and was killed before its receipt was known to be confirmed: gone, or given to another. */
  readonly limbo: number[] = [];
  #next = 0;

  constructor(seed: number) {
    this.random = chance(seed);
    this.maxsize = seed % 3 === 0 ? 0 : 1 + seed % 4;
  }

  queue(unit: Unit) {
    return unit.queue<number>("q", this.maxsize);
  }

  async produce(items: number): Promise<void> {
    let unit = this.world.unit();
    for (let i = 0; i < items; i++) {
      const item = this.#next++;
      const abort = new AbortController();
      const put = this.queue(unit).put(item, this.random() < 0.3 ? { signal: abort.signal } : {});
      if (this.random() < 0.2) dawdle(this.random).then(() => abort.abort("undo"));
      let dead: Promise<void> | null = null;
      if (this.random() < 0.05) dead = dawdle(this.random).then(() => unit.kill());
      try {
        await put;
        this.accepted.push(item);
      } catch (error) {
        if (error === "undo") this.undone.push(item);
        else assert.ok(killed(error), String(error));
      }
      await dead;
      if (unit.near.isClosed) unit = this.world.unit();
    }
  }

  async consume(): Promise<void> {
    let unit = this.world.unit();
    for (;;) {
      const queue = this.queue(unit);
      const abort = new AbortController();
      if (this.random() < 0.2) dawdle(this.random).then(() => abort.abort("later"));
      const getting = queue.get({ signal: abort.signal });
      let dead: Promise<void> | null = null;
      if (this.random() < 0.05) dead = dawdle(this.random).then(() => unit.kill());
      let item: number | null = null;
      try {
        item = await getting;
        await queue.qsize(); // An answer to what was said after the confirmation: it has arrived.
        this.received.push(item);
      } catch (error) {
        if (error instanceof ShutDown) return void await dead;
        if (item !== null) this.limbo.push(item);
        assert.ok(error === "later" || killed(error), String(error));
      }
      await dead;
      if (unit.near.isClosed) unit = this.world.unit();
    }
  }

  async run(): Promise<void> {
    const consumers = Array.from({ length: 3 }, () => this.consume());
    await Promise.all(Array.from({ length: 3 }, () => this.produce(40)));
    await this.queue(this.world.unit()).shutdown();
    await Promise.all(consumers);
  }
}

for (let seed = 1; seed <= 20; seed++) {
  test(`producers and consumers that are killed at random lose and duplicate nothing acknowledged (seed ${seed})`, async () => {
    const trial = new Trial(seed);
    await trial.run();
    const received = new Set(trial.received);
    assert.equal(received.size, trial.received.length, "an item was received twice");
    const known = new Set([...trial.received, ...trial.limbo]);
    assert.deepEqual(trial.accepted.filter((item) => !known.has(item)), [], "an acknowledged item is lost");
    assert.deepEqual(trial.undone.filter((item) => known.has(item)), [], "a put that was undone was received");
    const left = await trial.queue(trial.world.unit()).statistics();
    assert.deepEqual([left.size, left.handedOut, left.getters, left.putters], [0, 0, 0, 0]);
  });
}
