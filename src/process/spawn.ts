/** Start method `"spawn"`: a fresh process of a runtime, which connects back to its parent. @module */
import { runtime } from "../runtime/runtime.ts";
import { offer } from "../connection/endpoint.ts";
import { linkedModules } from "../reference/module_graph.ts";
import { localTicket } from "../server/local_server.ts";
import { Lanes } from "./control.ts";
import { type LaunchedUnit, type LaunchOptions, type StartMethod, stdioOf } from "./start_method.ts";

/** What is to stay free for this program and for the launch itself. */
const SPARE_DESCRIPTORS = 8;

/** How many files this unit has yet to open for its children that are on the way: for each the process, the connection and its pipes. */
let expected = 0;

/** Launches an OS process; its control channel is a socket that it opens with a one-time ticket. */
export const spawn: StartMethod = {
  name: "spawn",
  async launch(options: LaunchOptions): Promise<LaunchedUnit> {
    const [stdin, stdout, stderr] = stdioOf(options.stdio);
    const pipes = [stdin, stdout, stderr].filter((kind) => kind === "pipe").length;
    const letGo = expectDescriptors(2 + pipes);
    const { permissions } = options;
    let connected: (lanes: Lanes | null) => void = () => {};
    const lanes = new Promise<Lanes | null>((resolve) => (connected = resolve));
    const control = offer((channel) => {
      letGo();
      channel.unref();
      connected(new Lanes(channel));
    }, { once: true });
    try {
      const modules = permissions === undefined ? [] : await programModules();
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
        letGo();
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
      letGo();
      control.withdraw();
      throw error;
    }
  },
};

/** Makes sure that a child's descriptors can be had, with those of the children before it; the returned function says that it has them, or needs none. */
function expectDescriptors(count: number): () => void {
  runtime.requireProcess(expected + count + SPARE_DESCRIPTORS);
  expected += count;
  let due = count;
  return () => {
    expected -= due;
    due = 0;
  };
}

/** The modules of the program, as far as their texts tell. */
async function programModules(): Promise<string[]> {
  const entry = runtime.entryUrl();
  return entry === null ? [] : await linkedModules([entry]);
}
