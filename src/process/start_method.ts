/** What a start method is: one way to bring a unit to life. One file each implements it. @module */
import type { ExitStatus, Permissions, ResourceLimits, RuntimeName, Stdio } from "../runtime/types.ts";
import type { Lanes } from "./control.ts";
import type { StartMethodName } from "./identity.ts";

/** How a child process is set up: the options of a context, which each process may override. */
export interface ContextOptions {
  /** Which runtime the child runs on, whatever this one is. Default: the running one. Refused for threads when it is another one. */
  runtime?: RuntimeName;
  /** The runtime's executable. Default: this process's own, and for another runtime the one found on `PATH`. Refused for threads. */
  execPath?: string;
  /** Flags for the runtime. Default: those of this process, where the child runs on the same runtime. */
  execArgv?: readonly string[];
  /** Set on top of the environment of this process. */
  env?: Readonly<Record<string, string>>;
  /** The working directory of the child. Default: that of this process. Refused for threads. */
  cwd?: string;
  /**
   * Where the child's streams go: one word for stdout and stderr, or one for each of stdin, stdout, stderr.
   * Default: `["ignore", "inherit", "inherit"]`, as in Python, whose children read from the null device.
   */
  stdio?: Stdio | [Stdio, Stdio, Stdio];
  /**
   * Limits of the child's memory, in megabytes. Default: none but the runtime's own. A child that reaches one ends, and with it nobody else: its
   * creator prints that it ran out of memory, and in a pool its task rejects with a `WorkerDiedError` whose `outOfMemory` is `true`.
   *
   * - Processes on Deno and Node: `maxOldGenerationSizeMb`, by V8's flag. The exit code is that of the signal with which V8 ends (-5, -6).
   * - Processes on Bun on Linux: `maxOldGenerationSizeMb`, as a limit of the process's data. An array that does not fit may throw a `RangeError` first.
   * - Threads on Node: all of them. The exit code is 1.
   *
   * What nothing enforces is refused by `start()`: threads on Bun and Deno, and processes on Bun elsewhere. A limited process passes its limit on to its children.
   */
  resourceLimits?: ResourceLimits;
  /**
   * What a child process on Deno may do, by the names of Deno's flags: `{}` for a child that may do nothing, `{ read: ["./data"] }`, `{ net: true }`.
   * Default: everything. Refused for threads and for children on other runtimes, where nothing would enforce it.
   *
   * Beside it a child has what this library needs in it: reading the library's and the program's modules (the entry module and what that
   * imports by relative paths), reading and writing the private folder of the program's sockets, the sockets that are open there at its start and some of
   * its own, and the one environment variable that says who it is. A socket that another process opens later is out of its reach.
   * A module that the program finds by other ways (an import map, a computed `import()`) must be in `read`.
   *
   * @example
   * ```ts ignore
   * const ctx = mp.getContext("spawn", { runtime: "deno", permissions: { read: ["./data"] } });
   * ```
   */
  permissions?: Permissions;
}

/** What a start method is asked for. */
export interface LaunchOptions extends ContextOptions {
  name: string;
  daemon: boolean;
}

/** A unit that was launched. */
export interface LaunchedUnit {
  /** The process's id; a thread has that of its process. */
  readonly pid: number;
  /** The process's id, or the thread's. */
  readonly ident: number;
  /** Settles when the child has connected; `null` when it ended without. */
  readonly lanes: Promise<Lanes | null>;
  /** Settles at its end, when all its output has arrived. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  readonly stdin: WritableStream<Uint8Array> | null;
  readonly stdout: ReadableStream<Uint8Array> | null;
  readonly stderr: ReadableStream<Uint8Array> | null;
  /** Ends it by a signal; a thread is stopped and reports the same `-N`. */
  kill(signal: number): void;
  ref(): void;
  unref(): void;
}

/** A start method as the outside sees it. */
export interface StartMethodFace {
  /** Its name, as `setStartMethod` takes it. */
  readonly name: StartMethodName;
}

/** One way to bring a unit to life. */
export interface StartMethod extends StartMethodFace {
  launch(options: LaunchOptions): Promise<LaunchedUnit>;
}

/** The three streams of a child, from the option's two forms. */
export function stdioOf(stdio: ContextOptions["stdio"]): [Stdio, Stdio, Stdio] {
  const known = ["inherit", "pipe", "ignore"];
  const three: unknown[] = stdio === undefined ? ["ignore", "inherit", "inherit"] : Array.isArray(stdio) ? stdio : ["ignore", stdio, stdio];
  if (three.length !== 3 || !three.every((s) => known.includes(s as string))) {
    throw new TypeError(`Cannot start a process: stdio must be "inherit", "pipe", "ignore" or three of them, received ${String(stdio)}`);
  }
  return three as [Stdio, Stdio, Stdio];
}
