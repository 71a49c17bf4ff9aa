/** What a start method is: one way to bring a unit to life. One file each implements it. @module */
import type { RuntimeName, Stdio } from "../runtime/types.ts";
import type { ExitStatus } from "../runtime/types.ts";
import type { Lanes } from "./control.ts";
import type { StartMethodName } from "./identity.ts";

/** How a child process is set up: the options of a context, which each process may override. */
export interface ContextOptions {
  /** Which runtime the child runs on. Default: the running one. Refused for threads when it is another one. */
  runtime?: RuntimeName;
  /** The runtime's executable. Default: this one's, else the one found on `PATH`. */
  execPath?: string;
  /** Flags for the runtime. Default: those of this process. */
  execArgv?: string[];
  /** The environment of the child. Default: that of this process. */
  env?: Record<string, string>;
  /** The working directory of the child. Default: that of this process. */
  cwd?: string;
  /**
   * Where the child's streams go: one word for stdout and stderr, or one for each of stdin, stdout, stderr.
   * Default: `["ignore", "inherit", "inherit"]`, as in Python, whose children read from the null device.
   */
  stdio?: Stdio | [Stdio, Stdio, Stdio];
  /** Limits of a thread, as Node's `resourceLimits`. */
  resourceLimits?: Record<string, number>;
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
