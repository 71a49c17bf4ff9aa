/** Worker threads, on `node:worker_threads`, which behaves alike on the three runtimes. @module */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { MessageChannel, Worker } from "node:worker_threads";
import type { ExitStatus, RuntimeName, ThreadPort, WorkerOptions, WorkerThread } from "../types.ts";
import { inheritedFlags } from "./flags.ts";
import { envelope, LAUNCH_KEY, type ThreadEnvelope } from "./launch.ts";
import { requireLimits } from "./limits.ts";
import { entryUrl } from "./main_module.ts";
import { childEntry } from "./packaging.ts";
import { requireThread } from "./permissions.ts";
import { socketFolder, socketPlace } from "./socket_folder.ts";
import { threadPort } from "./thread_port.ts";
import { takeUplink } from "./uplink.ts";
import { requireWorkingFolder } from "./working_folder.ts";

/** Flags about modules, which every Node takes for a thread. Others belong to the process, and some of them are refused for a thread. */
const THREAD_FLAGS =
  /^(-r|-C|--(import|require|loader|experimental-loader|conditions|no-warnings|enable-source-maps|preserve-symlinks)(=|$))/;

/**
 * A thread inherits the flags of its process unless it is told otherwise. `--input-type` must not be inherited:
 * a program that comes from standard input or `--eval` could start no thread.
 */
function threadFlags(options: WorkerOptions): { execArgv?: string[] } {
  if (options.execArgv) return { execArgv: [...options.execArgv] };
  if (!process.execArgv.some((flag) => flag.startsWith("--input-type"))) return {};
  return { execArgv: inheritedFlags(process.execArgv, (flag) => THREAD_FLAGS.test(flag)) };
}

/** Starts a thread that runs the child entry. */
export function startWorker(options: WorkerOptions, own: RuntimeName): WorkerThread {
  const entry = options.entry ?? childEntry(entryUrl());
  requireThread(entry.protocol === "file:" ? fileURLToPath(entry) : null, socketPlace);
  // Bun starts threads anywhere.
  if (own !== "bun") requireWorkingFolder("a thread", own);
  if (options.resourceLimits) requireLimits("thread", own, options.resourceLimits);
  // A channel of its own: the worker's `parentPort` stays free for the user.
  const { port1, port2 } = new MessageChannel();
  const envelope: ThreadEnvelope = { launch: options.launch, folder: socketFolder(), program: entryUrl(), flags: [], port: port2 };
  const worker = new Worker(entry, {
    workerData: { [LAUNCH_KEY]: envelope },
    transferList: [port2],
    // Without more a thread gets a copy of the environment by itself, also where nobody may read all of it.
    ...(options.env ? { env: { ...process.env, ...options.env } } : {}),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.resourceLimits ? { resourceLimits: options.resourceLimits } : {}),
    ...threadFlags(options),
  });
  const port = threadPort(port1, takeUplink);
  let stopped = false;
  let failure: Pick<ExitStatus, "error" | "outOfMemory"> = {};
  const exited = new Promise<ExitStatus>((resolve) => {
    worker.once("exit", (code: number) => {
      // Node says 0 of a thread that was stopped before it began to run, Bun of some that failed.
      // Deno and Node pass on what `process.exit()` was given; of a process the system keeps the lowest byte.
      const byte = code & 0xff;
      const failed = stopped || Object.keys(failure).length > 0;
      const status = { exitcode: failed && byte === 0 ? 1 : byte, ...failure };
      resolve(port.peerGone().then(() => status));
    });
  });
  // The child reports what it can itself; without a listener the rest would end this unit as well.
  worker.on("error", (error: unknown) => {
    failure = (error as { code?: unknown } | null)?.code === "ERR_WORKER_OUT_OF_MEMORY" ? { outOfMemory: true } : { error };
  });
  return {
    threadId: worker.threadId,
    port,
    exited,
    terminate() {
      stopped = true;
      void worker.terminate();
    },
    ref: () => void worker.ref(),
    unref: () => void worker.unref(),
  };
}

let parent: ThreadPort | null | undefined;

/** In a worker of this library: the port to the unit that started it. */
export function parentPort(): ThreadPort | null {
  if (parent === undefined) {
    const port = envelope()?.port;
    parent = port ? threadPort(port) : null;
  }
  return parent;
}
