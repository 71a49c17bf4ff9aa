/** Start method `"spawn"`: a fresh process of a runtime, which connects back to its parent. @module */
import { runtime } from "../runtime/runtime.ts";
import { offer } from "../connection/endpoint.ts";
import { linkedModules } from "../reference/module_graph.ts";
import { localTicket } from "../server/local_server.ts";
import { Lanes } from "./control.ts";
import { type LaunchedUnit, type LaunchOptions, type StartMethod, stdioOf } from "./start_method.ts";

/** Launches an OS process; its control channel is a socket that it opens with a one-time ticket. */
export const spawn: StartMethod = {
  name: "spawn",
  async launch(options: LaunchOptions): Promise<LaunchedUnit> {
    const [stdin, stdout, stderr] = stdioOf(options.stdio);
    runtime.requireProcess();
    const { permissions } = options;
    const modules = permissions === undefined ? [] : await programModules();
    let connected: (lanes: Lanes | null) => void = () => {};
    const lanes = new Promise<Lanes | null>((resolve) => (connected = resolve));
    const control = offer((channel) => {
      channel.unref();
      connected(new Lanes(channel));
    }, { once: true });
    try {
      await control.ready;
      const child = await runtime.spawn({
        launch: { service: "unit", data: { ticket: control.ticket } },
        runtime: options.runtime,
        execPath: options.execPath,
        execArgv: options.execArgv,
        env: options.env,
        cwd: options.cwd,
        resourceLimits: options.resourceLimits,
        permissions,
        modules,
        peers: permissions === undefined ? [] : [localTicket().address],
        stdin,
        stdout,
        stderr,
        // Ctrl-C in a terminal reaches the whole group. A daemon ends with its parent, not before it; any other child gets the signal too.
        detached: options.daemon,
      });
      // A child that may reach known sockets only finds this unit at the same one as long as something is offered there.
      const stay = permissions === undefined ? null : offer((channel) => channel.destroy());
      child.exited.then(() => {
        stay?.withdraw();
        control.withdraw();
        connected(null);
      });
      return {
        pid: child.pid,
        ident: child.pid,
        lanes,
        exited: child.exited,
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        kill: (signal) => child.kill(signal),
        ref: () => child.ref(),
        unref: () => child.unref(),
      };
    } catch (error) {
      control.withdraw();
      throw error;
    }
  },
};

/** The modules of the program, as far as their texts tell. */
async function programModules(): Promise<string[]> {
  const entry = runtime.entryUrl();
  return entry === null ? [] : await linkedModules([entry]);
}
