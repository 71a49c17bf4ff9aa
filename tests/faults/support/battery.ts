/**
 * The fault battery: a table of stages, at each of which units are made to die in every way, and what must hold afterwards. It counts what it injected.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { Pools } from "../../support/pools.ts";
import type { Doom, Way } from "../fixtures/die.ts";
import { Marks } from "./marks.ts";
import { contextFor, everyWay, exitcodesOf, inTurn, ownTurn, refusalOf, thoroughWays, turns, usualWays } from "./ways.ts";

/** From outside. */
export const outside: readonly Way[] = ["kill", "terminate"];
/** By an exception, which at some stages is a failure of what is under way, and ends no unit. */
export const thrown: readonly Way[] = ["SystemExit", "uncaught"];

/** One row: a stage in the life of a unit, the ways in which units die there, and what must hold. */
export interface Stage {
  /** Continues "a unit that dies". */
  readonly name: string;
  /** Every way is tried on each runtime. */
  readonly everywhere?: true;
  /** With these start methods every way is tried on one runtime or another, not only those that differ. */
  readonly thorough?: readonly mp.StartMethod[];
  /** Always these too, because something else must hold then. */
  readonly also?: readonly Way[];
  /** Only these, where not every way leads there. */
  readonly only?: readonly Way[];
  /** Not these. */
  readonly not?: readonly Way[];
  /** Has a unit die, once, and checks what must hold. */
  run(fault: Fault): Promise<void>;
}

/** One unit that is made to die. */
export class Fault {
  readonly way: Way;
  readonly method: mp.StartMethod;
  /** For the unit that dies. */
  readonly ctx: mp.Context;
  readonly doom: Doom;
  readonly exitcodes: readonly number[];
  readonly #marks: Marks;
  readonly #pools: Pools;
  /** Those of this fault alone, and those that others may have after it. */
  readonly #own: mp.Pool[] = [];
  readonly #shared: mp.Pool[] = [];
  #injected = false;

  constructor(way: Way, method: mp.StartMethod, marks: Marks, pools: Pools) {
    this.way = way;
    this.method = method;
    this.ctx = contextFor(way, method);
    this.doom = { way, mark: marks.path() };
    this.exitcodes = exitcodesOf(way);
    this.#marks = marks;
    this.#pools = pools;
  }

  /** Whether the unit ends in order: it keeps its promises first. */
  get orderly(): boolean {
    return this.way === "SystemExit" || this.way === "uncaught";
  }

  /** Whether the unit was seen to die. */
  get injected(): boolean {
    return this.#injected;
  }

  /** A path for one more mark. */
  path(): string {
    return this.#marks.path();
  }

  /** What stands in a mark, once it is there. */
  until(path: string): Promise<string> {
    return this.#marks.until(path);
  }

  /** Resolves when the unit is at its stage. */
  arrived(): Promise<string> {
    return this.until(this.doom.mark);
  }

  /** Starts a child that is to die. */
  async start<A extends unknown[]>(target: (doom: Doom, ...args: A) => unknown, ...args: A): Promise<mp.BaseProcess> {
    const child = new this.ctx.Process({ target, args: [this.doom, ...args] as never });
    await child.start();
    return child;
  }

  /** Ends the child when it is at its stage, if it does not do that itself, and waits for its end. */
  async strike(child: mp.BaseProcess, when: () => Promise<unknown> = () => this.arrived()): Promise<void> {
    if (isOutside(this.way)) {
      await when();
      child[this.way]();
    }
    this.expect(await child.join());
    assert.equal(child.isAlive(), false);
    assert.ok(!mp.activeChildren().includes(child));
  }

  /** Ends the pool's worker that is at its stage, if it does not do that itself. */
  async strikeWorker(): Promise<void> {
    const worker = await this.#workerAtStage();
    if (worker !== null) this.expect(await worker.join());
  }

  /** The same while the pool, too, ends its workers: whichever is faster. */
  async strikeWorkerThatEnds(): Promise<void> {
    const worker = await this.#workerAtStage();
    if (worker === null) return;
    const exitcode = await worker.join();
    assert.ok([...this.exitcodes, ...exitcodesOf("terminate")].includes(exitcode!), `exit code ${exitcode}`);
  }

  /** A worker that is struck from outside; `null` when it ends itself. */
  async #workerAtStage(): Promise<mp.BaseProcess | null> {
    const ident = await this.arrived();
    if (!isOutside(this.way)) return null;
    const worker = mp.activeChildren().find((child) => String(child.ident) === ident)!;
    worker[this.way]();
    // It is joined then. Waiting for its sentinel does not keep a program alive, nor does an idle worker.
    return worker;
  }

  /** Notes an exit code that was seen: it must be one of this way. */
  expect(exitcode: number | null): void {
    assert.ok(this.exitcodes.includes(exitcode!), `exit code ${exitcode} instead of ${this.exitcodes.join(" or ")}`);
    this.#injected = true;
  }

  /** Notes that a unit died which nobody here can ask for its exit code. */
  note(): void {
    this.#injected = true;
  }

  /** A task must be lost with its worker. */
  async expectLost(result: PromiseLike<unknown>): Promise<void> {
    const error = await Promise.resolve(result).then((value) => assert.fail(`resolved with ${String(value)}`), (error: unknown) => error);
    if (!(error instanceof mp.WorkerDiedError)) throw error;
    this.expect(error.exitcode);
    assert.equal(error.signal !== null, error.exitcode! < 0, `signal ${error.signal}`);
  }

  /** A pool whose workers may die; one without options may have lost some in an earlier row. */
  pool(processes: number, options?: mp.PoolOptions): mp.Pool {
    const own = options !== undefined || this.way === "memory";
    const pool = own ? new this.ctx.Pool({ ...options, processes }) : this.#pools.take(processes);
    (own ? this.#own : this.#shared).push(pool);
    return pool;
  }

  /** Gives back what later faults may use. */
  async giveBack(): Promise<void> {
    for (let pool = this.#shared[0]; pool !== undefined; pool = this.#shared[0]) {
      await this.#pools.giveBack(pool);
      this.#shared.shift();
    }
  }

  /** Ends what is left. */
  async end(): Promise<void> {
    for (const pool of [...this.#own, ...this.#shared]) await pool.terminate();
  }
}

function isOutside(way: Way): way is "kill" | "terminate" {
  return way === "kill" || way === "terminate";
}

/** Runs the rows of a table for one start method. */
export class FaultBattery {
  readonly #method: mp.StartMethod;
  readonly #stages: Stage[] = [];
  readonly #pools: Pools;
  #planned = 0;
  #injected = 0;

  constructor(method: mp.StartMethod) {
    this.#method = method;
    this.#pools = new Pools(mp.getContext(method));
    for (const way of everyWay) {
      const skip = refusalOf(way, method);
      if (skip !== null) test(`units of ${method} that die by ${way}`, { skip }, () => {});
    }
  }

  /** Registers a test for each row. @param sideBySide So many units die at the same time. */
  stages(stages: readonly Stage[], sideBySide = 3): void {
    for (const stage of stages) {
      const ways = this.#waysOf(stage, this.#stages.push(stage), ownTurn);
      if (ways.length === 0) continue;
      this.#planned += ways.length;
      test(
        `${this.#method}: a unit that dies ${stage.name} (by ${ways.join(", ")})`,
        { timeout: 120_000 },
        () => this.#run(ways, stage.run, sideBySide),
      );
    }
  }

  #possible({ only = everyWay, not = [] }: Stage): Way[] {
    return everyWay.filter((way) => only.includes(way) && !not.includes(way) && refusalOf(way, this.#method) === null);
  }

  #waysOf(stage: Stage, number: number, turn: number): Way[] {
    const { everywhere = false, thorough = [], also = [] } = stage;
    const possible = this.#possible(stage);
    if (everywhere) return possible;
    if (thorough.includes(this.#method)) return thoroughWays(this.#method, possible, number, turn);
    const usual = usualWays(this.#method, possible, number, turn);
    return possible.filter((way) => usual.includes(way) || also.includes(way));
  }

  async #run(ways: readonly Way[], run: Stage["run"], sideBySide: number): Promise<void> {
    const marks = new Marks();
    const left = [...ways];
    const line = async () => {
      for (let way = left.shift(); way !== undefined; way = left.shift()) {
        const fault = new Fault(way, this.#method, marks, this.#pools);
        try {
          await run(fault);
          assert.ok(fault.injected, "no unit died");
          await fault.giveBack();
        } catch (error) {
          throw new Error(`by ${way}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        } finally {
          await fault.end();
        }
        this.#injected++;
      }
    };
    try {
      const ended = await Promise.allSettled(Array.from({ length: sideBySide }, line));
      const failures = ended.flatMap((one) => one.status === "rejected" ? [one.reason as unknown] : []);
      if (failures.length > 0) throw failures[0];
    } finally {
      marks.remove();
    }
  }

  /** Registers the last tests: as many faults were injected as the table has, and the matrix leaves none out. Prints how many. */
  end(): void {
    test(`pools (${this.#method}) whose workers died one after the other end in order`, () => this.#pools.end());
    test(`the fault battery (${this.#method}) meets at each stage every way that differs, on one runtime or another`, () => {
      for (const [index, stage] of this.#stages.entries()) {
        const met = new Set(
          turns.flatMap((on, turn) => this.#waysOf(stage, index + 1, turn).filter((way) => refusalOf(way, this.#method, on) === null)),
        );
        const all = stage.thorough?.includes(this.#method) ?? false;
        const missed = this.#possible(stage).filter((way) =>
          (all || way === "kill" || inTurn[this.#method].includes(way)) && !met.has(way)
        );
        assert.deepEqual(missed, [], stage.name);
      }
    });
    test(`the fault battery (${this.#method}) has injected every fault of its table`, () => {
      console.log(`fault battery (${this.#method}): ${this.#injected} faults injected`);
      assert.equal(this.#injected, this.#planned);
    });
  }
}
