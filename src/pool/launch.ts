/** Starting a pool's workers as units of a start method. @module */
import { encodeValue } from "../reference/value.ts";
import type { Channel } from "../connection/channel.ts";
import { BaseProcess, startWith, stateOf } from "../process/process.ts";
import type { ContextOptions, StartMethod } from "../process/start_method.ts";

/** The name under which the child entry knows the workers' service. */
export const POOL_WORKER = "pool-worker";

/** What a worker is told when it starts. */
export interface WorkerSetup {
  /** The initializer and its arguments, encoded; `null`: none. */
  initializer: Uint8Array | null;
}

/** A worker as its pool sees it. */
export interface WorkerUnit {
  readonly name: string;
  /** The process's id, or that of this process for a thread; `null` while it is launched. */
  readonly pid: number | null;
  /** Settles when it has connected. Rejects when it cannot be started, or ended before that. */
  readonly channel: Promise<Channel>;
  /** Settles at its end with the exit code, if it has ever started. */
  readonly ended: Promise<number | null>;
  /** How it ran out of memory, in words, once it has ended so; else `null`. */
  readonly outOfMemory: string | null;
  /** Asks it to end, and kills it when it still runs after `grace` milliseconds. */
  terminate(grace: number): unknown;
  /** Ends it at once. */
  kill(): unknown;
}

/** Starts one worker. */
export type LaunchWorker = (setup: WorkerSetup) => WorkerUnit;

/** Starts workers by a start method; they are daemons. */
export function launcher(method: StartMethod, context: ContextOptions, workerName: string): LaunchWorker {
  return (setup) => {
    const process = new BaseProcess({ ...context, daemon: true }, method, POOL_WORKER);
    const state = stateOf(process);
    process.name = `${workerName}-${state.plan.path.join(":")}`;
    const started = start(process, setup);
    return {
      name: process.name,
      get pid() {
        return process.pid;
      },
      channel: started.then(() => state.lanes()).then((lanes) => lanes.service),
      ended: state.ended,
      get outOfMemory() {
        return state.outOfMemory;
      },
      // A start that was refused has left nothing to end.
      terminate: (grace) => state.started !== null && process.terminate({ grace }),
      kill: () => state.started !== null && process.kill(),
    };
  };
}

async function start(process: BaseProcess, setup: WorkerSetup): Promise<void> {
  await startWith(process, (carried) => encodeValue(setup, "pool", carried));
}
