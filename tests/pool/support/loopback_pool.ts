/** A pool whose workers run in this very unit, over loopback channels: for tests of what a pool does, not of how its workers live. */
import type { Channel } from "../../../src/connection/channel.ts";
import { loopbackPair } from "../../../src/connection/loopback.ts";
import type { LaunchWorker, WorkerSetup } from "../../../src/pool/launch.ts";
import { BasePool, type PoolOptions } from "../../../src/pool/pool.ts";
import { poolWorkerMain } from "../../../src/pool/worker.ts";
import { spawn } from "../../../src/process/spawn.ts";

/** A worker that a test can end. */
export interface FakeWorker {
  name: string;
  /** Ends it as a signal or `process.exit()` would. */
  die(exitcode: number): void;
}

export interface LoopbackPool {
  pool: BasePool;
  /** Every worker that was ever started. */
  workers: FakeWorker[];
}

/** What runs in a worker; the default is the real thing. */
export type WorkerMain = (channel: Channel, setup: WorkerSetup) => Promise<void>;

export function loopbackPool(options?: number | PoolOptions, main: WorkerMain = poolWorkerMain): LoopbackPool {
  const workers: FakeWorker[] = [];
  const launch: LaunchWorker = (setup) => {
    const name = `LoopbackPoolWorker-${workers.length + 1}`;
    const [near, far] = loopbackPair();
    far.unref();
    near.unref();
    let end!: (exitcode: number) => void;
    const ended = new Promise<number>((resolve) => (end = resolve));
    const die = (exitcode: number) => {
      end(exitcode);
      far.destroy();
    };
    main(far, setup).then(() => 0, () => 1).then((code) => {
      end(code);
      far.close();
    });
    workers.push({ name, die });
    return { name, pid: null, channel: Promise.resolve(near), ended, outOfMemory: null, terminate: () => die(-15), kill: () => die(-9) };
  };
  return { pool: new BasePool(options, { method: spawn, workerName: "LoopbackPoolWorker" }, launch), workers };
}
