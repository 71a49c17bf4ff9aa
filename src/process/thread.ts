/** Start method `"thread"`: a worker thread, with the same control channel over a message port. @module */
import { runtime } from "../runtime/runtime.ts";
import { portChannel } from "../connection/port_channel.ts";
import { serveBuffers } from "../reference/buffer_desk.ts";
import { Lanes } from "./control.ts";
import { type LaunchedUnit, type LaunchOptions, type StartMethod, stdioOf } from "./start_method.ts";

/** Launches a worker thread. */
export const thread: StartMethod = {
  name: "thread",
  launch(options: LaunchOptions): Promise<LaunchedUnit> {
    refuseProcessOptions(options);
    serveBuffers();
    const worker = runtime.startWorker({
      launch: { service: "unit", data: {} },
      name: options.name,
      env: options.env,
      execArgv: options.execArgv,
      resourceLimits: options.resourceLimits,
    });
    const channel = portChannel(worker.port);
    channel.unref();
    const lanes = new Lanes(channel);
    let stopped: number | null = null;
    const exited = worker.exited.then((status) => stopped === null ? status : { exitcode: stopped });
    return Promise.resolve({
      pid: runtime.pid,
      ident: worker.threadId,
      lanes: Promise.resolve(lanes),
      exited,
      stdin: null,
      stdout: null,
      stderr: null,
      kill: (signal) => {
        stopped ??= -signal;
        worker.terminate();
      },
      ref: () => worker.ref(),
      unref: () => worker.unref(),
    });
  },
};

/** A thread shares its process's runtime, folder and streams. */
function refuseProcessOptions(options: LaunchOptions): void {
  if (options.runtime !== undefined && options.runtime !== runtime.name) {
    throw new TypeError(
      `Cannot start a thread: it runs on the runtime of its process (${runtime.name}), received runtime "${options.runtime}"`,
    );
  }
  for (const key of ["execPath", "cwd", "permissions"] as const) {
    if (options[key] !== undefined) {
      throw new TypeError(`Cannot start a thread: ${key} needs a process of its own, use the start method "spawn"`);
    }
  }
  if (stdioOf(options.stdio).some((s, i) => s !== (i === 0 ? "ignore" : "inherit"))) {
    throw new TypeError('Cannot start a thread: it shares the streams of its process, use the start method "spawn" for stdio');
  }
}
