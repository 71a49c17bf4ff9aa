/**
 * The one contract that every runtime adapter fulfils. Nothing above `src/runtime/` names a runtime;
 * `import { runtime } from "../runtime/runtime.ts"` gives the adapter of the running one.
 *
 * @module
 */

/** The three runtimes. */
export type RuntimeName = "deno" | "bun" | "node";

/** Where the standard streams of a subprocess go. */
export type Stdio = "inherit" | "pipe" | "ignore";

/** Limits of a child's memory, in megabytes, named as in `node:worker_threads`. */
export interface ResourceLimits {
  /** The heap: what lives longer than a moment. On Bun everything that the process holds beyond what Bun itself takes. */
  maxOldGenerationSizeMb?: number;
  /** The heap for what is young. Threads on Node only. */
  maxYoungGenerationSizeMb?: number;
  /** The memory for compiled code. Threads on Node only. */
  codeRangeSizeMb?: number;
  /** The stack. Threads on Node only. */
  stackSizeMb?: number;
}

/**
 * What a Deno child may do, as Deno's flags name it: `true` for everything, or a list of what. What is not named is refused.
 * A relative path belongs to the working folder of the child's creator.
 */
export interface Permissions {
  /** Files and folders that it may read. */
  read?: boolean | readonly (string | URL)[];
  /** Files and folders that it may write. */
  write?: boolean | readonly (string | URL)[];
  /** Hosts that it may reach, such as `"example.com:443"`. */
  net?: boolean | readonly string[];
  /** Environment variables that it may read and set. */
  env?: boolean | readonly string[];
  /** What it may ask the system, such as `"hostname"`. */
  sys?: boolean | readonly string[];
  /** Programs that it may run. Who may run programs may do anything through them. */
  run?: boolean | readonly (string | URL)[];
  /** Native libraries that it may load. */
  ffi?: boolean | readonly (string | URL)[];
  /** Hosts from which it may import modules. */
  import?: boolean | readonly string[];
}

/** How a child is told what to do: kept out of argv, and out of the environment that grandchildren inherit. */
export interface Launch {
  /** What the child's entry module starts: `"process"`, or a service that it knows by name. */
  service: string;
  /** Data for it: JSON between processes, structured clone between threads. Small. */
  data: unknown;
}

/** A subprocess that runs the library's child entry. */
export interface SubprocessOptions {
  launch: Launch;
  /** Default: the running runtime. */
  runtime?: RuntimeName;
  /** The runtime's executable. Default: this one's, or the other's found on PATH. */
  execPath?: string;
  /** Flags for the runtime. Default: those of this process that make sense for a child of the same runtime. */
  execArgv?: readonly string[];
  /** Set on top of this process's environment. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  resourceLimits?: ResourceLimits;
  /** For Deno only. */
  permissions?: Permissions;
  /** URLs of modules that a child with {@linkcode permissions} must be able to import. */
  modules?: readonly string[];
  /** Where such a child must be able to connect to, beside all sockets of this program that are open now. */
  peers?: readonly Address[];
  stdin: Stdio;
  stdout: Stdio;
  stderr: Stdio;
  /** In a process group of its own, so that Ctrl-C in a terminal does not reach it. */
  detached: boolean;
  /** The module to run. Default: the library's child entry. */
  entry?: URL;
}

/** How a child ended: a code, or the number of the signal that killed it. */
export interface ExitStatus {
  /** Exit code, or `-N` for signal N. */
  exitcode: number;
  /** An error that the runtime ended a thread with, and that its own code did not get to see (out of memory, a failing entry). */
  error?: unknown;
  /** It had no memory left. A process is known to by its limit and the signal that its runtime then ends with. */
  outOfMemory?: boolean;
}

/** A running subprocess. */
export interface Subprocess {
  readonly pid: number;
  readonly stdin: WritableStream<Uint8Array> | null;
  /** Drained into memory from the start, so that an unread stream never blocks the child. */
  readonly stdout: ReadableStream<Uint8Array> | null;
  readonly stderr: ReadableStream<Uint8Array> | null;
  /** Settles after the exit AND after all piped output has arrived. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Sends a signal by its number; does nothing when the process has ended. */
  kill(signal: number): void;
  /** Keeps the program alive (the default), or not. */
  ref(): void;
  unref(): void;
}

/** A worker thread that runs the library's child entry. */
export interface WorkerOptions {
  launch: Launch;
  name?: string;
  /** Set on top of this unit's environment. */
  env?: Readonly<Record<string, string>>;
  execArgv?: readonly string[];
  resourceLimits?: ResourceLimits;
  /** The module to run. Default: the library's child entry. */
  entry?: URL;
}

/** The message port between a worker and the unit that started it, or any `MessagePort`. */
export interface ThreadPort {
  /** Posts a message; `transfer` moves buffers and ports. */
  post(message: unknown, transfer?: readonly unknown[]): void;
  /** Sets the one receiver; messages that came before are kept for it. */
  onMessage(handler: (message: unknown) => void): void;
  /** Called once when the other side is gone or closed, after its last message was handed over. */
  onClose(handler: () => void): void;
  close(): void;
  ref(): void;
  unref(): void;
}

/** A running worker thread. */
export interface WorkerThread {
  readonly threadId: number;
  /** The port to it. */
  readonly port: ThreadPort;
  /** Settles at its end, after its last message was handed over, with the code it gave (1 after an uncaught error, and when terminated). Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Stops it, also in an endless loop. */
  terminate(): void;
  ref(): void;
  unref(): void;
}

/** A byte stream to another process. */
export interface ByteSocket {
  /** Where the other side is, on TCP. */
  readonly remote: { host: string; port: number } | null;
  /** Whether the other side is known to be on this host. */
  readonly isSameHost: boolean;
  /**
   * Writes; `false` when the buffer is above the high-water mark: then wait for `onDrain`.
   * `taken` is called when the system has taken these bytes, or the connection has ended.
   */
  write(bytes: Uint8Array, taken?: () => void): boolean;
  /** Several writes in one go: what `send` writes leaves together. */
  together(send: () => void): void;
  /** Sets the receiver; reading starts with it. The bytes are the receiver's to keep. */
  onData(handler: (bytes: Uint8Array) => void): void;
  onDrain(handler: () => void): void;
  /** Called once when the other side has ended, after its last bytes; this side may still write. */
  onEnd(handler: () => void): void;
  /** Called once, whatever ends the connection. */
  onClose(handler: (error: Error | null) => void): void;
  pause(): void;
  resume(): void;
  /** Sends what is buffered, then ends. */
  end(): void;
  /** Ends at once. */
  destroy(): void;
  ref(): void;
  unref(): void;
}

/** A hash function, by the name that `node:crypto` has for it. */
export type Digest = "md5" | "sha256" | "sha384" | "sha3-256" | "sha3-384";

/** Where a unit listens: a socket file, a name that begins with a zero (an abstract socket of Linux), a Windows pipe, or a TCP port. */
export type Address = { path: string } | { host: string; port: number };

/** A listening socket. */
export interface SocketListener {
  readonly address: Address;
  /** Ends it at once and removes its file. Resolves when its address can be listened at again. Connections live on. */
  close(): Promise<void>;
  ref(): void;
  unref(): void;
}

/** A segment of shared memory in this unit's address space. */
export interface Mapping {
  /** The memory itself. Not to be transferred. */
  readonly buffer: ArrayBuffer;
  /** Cuts the buffer off from the segment: what is left of it is private memory, zero at first. Idempotent; also happens when the buffer is collected. */
  release(): void;
}

/** Memory that processes share under a name, which has no slash. Errors have a `code`, as those of `node:fs`. */
export interface NamedMemory {
  /** A new segment, all zero, for this user only. @throws {Error} `EEXIST`, `ENOSPC`. */
  create(name: string, size: number): Mapping;
  /** A segment that is there. @throws {Error} `ENOENT`, `EACCES`. */
  attach(name: string): Mapping;
  /** Removes the name; who has it mapped keeps the memory. @throws {Error} `ENOENT`. */
  unlink(name: string): void;
  /** Sees to it that the segment is unlinked when the last process of this program has ended, and says so on stderr if `isReported`. */
  own(name: string, isReported: boolean): void;
  /** Undoes `own`, in any process of the program. */
  disown(name: string): void;
  /** Whether a process runs. */
  isRunning(pid: number): boolean;
}

/** A frame of the call stack. */
export interface StackFrame {
  /** The module's URL (`file:` for a path), or `null` where there is none (native, eval, REPL). */
  url: string | null;
}

/** How a program is made: of modules, of one file with this library in it, or an executable with everything in it. */
export type Packaging = "modules" | "bundle" | "executable";

/** What one runtime can do. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly version: string;
  readonly platform: string;
  readonly pid: number;
  readonly ppid: number;
  /** `false` in a worker thread. */
  readonly isMainThread: boolean;
  /** Whether this library started this unit. */
  readonly isChild: boolean;
  /** 0 in the main thread. */
  readonly threadId: number;
  /** Whether code that an `import()` runs sees the `AsyncLocalStorage` scope of that `import()` (not on Bun). */
  readonly importCarriesScope: boolean;
  cpuCount(): number;
  /** How the program is made: of modules, of one file with this library in it, or an executable with everything in it. */
  readonly packaging: Packaging;
  /** Says that the program's first line takes care of children (`freezeSupport()`). */
  supportChildren(): void;
  /**
   * To be called before anything is prepared for a subprocess.
   *
   * @param descriptors How many files this process has to be able to open.
   * @throws {ProcessError} when this program lacks a permission of its runtime that it takes to start one; the error names the flag. When it may not open
   * so many files more.
   */
  requireProcess(descriptors: number): void;

  spawn(options: SubprocessOptions): Promise<Subprocess>;
  /** Sees to it that a process ends soon after this program, however that ends; the returned function says that it need not any more. */
  guard(pid: number): () => void;
  /** Settles when what guarded processes that have ended is gone, too. */
  guardiansGone(): Promise<void>;
  startWorker(options: WorkerOptions): WorkerThread;
  /** In a child made by `spawn` or `startWorker`: what it was told. Reads it once and removes it. */
  takeLaunch(): Launch | null;
  /** In a worker: the port to the unit that started it. */
  parentPort(): ThreadPort | null;
  /** In a worker: a new port to the topmost unit of the process, through however many threads in between, who may end afterwards. `null` in that unit. */
  openUplink(): ThreadPort | null;
  /** In the topmost unit: sets who gets the other ends of uplinks; those that came before are kept for it. */
  onUplink(handler: (port: ThreadPort) => void): void;

  /** Listens; a socket file belongs to this user alone. Rejects with the system's error, `code` in it. */
  listen(address: Address, onConnection: (socket: ByteSocket) => void): Promise<SocketListener>;
  /**
   * As `listen`, at once: the address, with the port that the system chose, is known on return.
   *
   * @param address The host, if any, is an IP address.
   * @throws The system's error, `code` in it.
   */
  bind(address: Address, onConnection: (socket: ByteSocket) => void, options?: { backlog?: number }): SocketListener;
  /** Removes the socket file that a unit which was killed has left at an address. Does nothing where there is none. */
  removeSocketFile(address: Address): void;
  /** Rejects with the system's error, `code` in it, or with the signal's reason. */
  connect(address: Address, signal?: AbortSignal | null): Promise<ByteSocket>;
  /** Whether sockets may have names that are no files (Linux), and CPython finds them under the same names. */
  readonly hasAbstractSockets: boolean;
  /** The longest path of a socket, in bytes. */
  readonly longestSocketPath: number;
  /** A fresh address in this program's private socket folder; short enough for every platform. */
  newLocalAddress(): Address;
  /** The folder of this program's sockets, made at the first call; `null` where sockets have no folder (Windows). */
  socketFolder(): string | null;
  /** Removes this process's sockets, and the folder when it is the last of its tree to use it. `gone`: a process known to have ended. */
  leaveSocketFolder(gone?: number): void;

  /**
   * Shared memory; loads the C library at the first call.
   *
   * @throws {ProcessError} without what it takes: Deno's permission `--allow-ffi`, on Node the package `koffi`, a POSIX system.
   */
  namedMemory(): NamedMemory;

  /** Keeps the program alive until the returned function is called. */
  keepAlive(): () => void;
  /** A timer that does not keep the program alive; the returned function withdraws it. */
  backgroundTimer(ms: number, fire: () => void): () => void;
  /** Ends this unit with a code: the process, or only the worker thread. Output already written arrives. */
  exit(code: number): never;
  /** What the program has set `process.exitCode` to, as a code from 0 to 255; 0 when it has not. */
  exitCode(): number;
  /** Runs when this unit exits in an orderly way; synchronous work only. */
  onExit(handler: () => void): void;
  /** Uncaught errors and unhandled rejections of this unit go to the handler instead of the runtime's default. */
  onUncaught(handler: (error: unknown) => void): void;
  /** Loads what runs TypeScript, where a runtime does that at the first such module. */
  loadTypeStripper(): void;
  /** Makes every write to stdout and stderr arrive before the next line of code runs, also before an exit. For children. */
  makeStdioSynchronous(): void;
  /** Writes to stderr at once. */
  writeError(text: string): void;
  /** Handles a signal instead of the default action; returns what undoes it. */
  onSignal(signal: number, handler: () => void): () => void;
  signalName(signal: number): string | null;

  randomBytes(length: number): Uint8Array;
  /** The HMAC of a message. */
  hmac(digest: Digest, key: Uint8Array, message: Uint8Array): Uint8Array;
  /** Compares without telling by time where they differ. */
  equalBytes(a: Uint8Array, b: Uint8Array): boolean;
  env(name: string): string | undefined;
  cwd(): string;
  /** What a process started now inherits untold, its working folder and environment, as a text to compare. */
  surroundings(): string;
  argv(): string[];

  /** The URL of the program's entry module, or `null` in a REPL, `eval` or stdin program. */
  entryUrl(): string | null;
  /** `import.meta.main`, also where the runtime has none; `false` in every child of this library. */
  isMain(meta: ImportMeta): boolean;
  /** The frames above the call, nearest first. */
  callSites(): StackFrame[];
  /** URLs of modules that the runtime itself can tell are loaded (Bun's registry), else empty. */
  loadedModules(): string[];
  /** The URL of the module in which a function was defined, where the runtime can tell (Node's inspector), else `null`. */
  moduleOf(fn: (...args: never[]) => unknown): Promise<string | null>;
  /** Resolves a bare specifier as the module at `from` would, or `null`. */
  resolveBare(specifier: string, from: string): string | null;
  /** Reads a module's source text, or `null` when it cannot be read. */
  readSource(url: string): string | null;
}
