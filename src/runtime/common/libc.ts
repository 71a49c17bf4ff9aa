/** Which functions of the system's C library are called, and how an adapter calls them. @module */
import process from "node:process";
import { ProcessError } from "../../base/errors.ts";

/** A parameter or a result: a C `int`, a 64-bit integer, an address, bytes that the function reads or writes. */
export type CType = "int" | "long" | "address" | "bytes";

/** A parameter as it is given. Integers and addresses are safe integers. */
export type CValue = number | Uint8Array;

/** The parameters of a function, then its result. */
export type Signature = readonly [parameters: readonly CType[], result: Exclude<CType, "bytes">];

/** A loaded library. */
export interface Library<Name extends string> {
  readonly functions: Readonly<Record<Name, (...args: CValue[]) => number>>;
  /** The memory at an address, not copied. Whoever calls sees to it that it stays mapped. */
  view(address: number, length: number): ArrayBuffer;
  /** The number of the error of the last call that failed; asked for at once. */
  errno(): number;
}

/** Loads the first of some libraries that is there. @throws {Error} when none is. */
export type OpenLibrary = <Name extends string>(
  files: readonly string[],
  signatures: Readonly<Record<Name, Signature>>,
  /** The function that gives the address of `errno`. */
  errnoName: string,
) => Library<Name>;

const isMac = process.platform === "darwin";

/** Apple's ARM passes the third parameter of `shm_open`, a variadic function, on the stack: after the six that fill the registers. */
const REGISTERS: readonly CType[] = isMac && process.arch === "arm64" ? ["long", "long", "long", "long", "long", "long"] : [];

const SIGNATURES = {
  shm_open: [["bytes", "int", ...REGISTERS, "int"], "int"],
  shm_unlink: [["bytes"], "int"],
  ftruncate: [["int", "long"], "int"],
  close: [["int"], "int"],
  mmap: [["address", "long", "int", "int", "int", "long"], "address"],
  kill: [["int", "int"], "int"],
  waitid: [["int", "int", "bytes", "int"], "int"],
} as const satisfies Record<string, Signature>;

const LINUX = {
  lseek: [["int", "long", "int"], "long"],
  posix_fallocate: [["int", "long", "long"], "int"],
} as const satisfies Record<string, Signature>;

const FSTAT = process.arch === "x64" ? "fstat$INODE64" : "fstat";
const STAT_BYTES = 144;
const STAT_SIZE_AT = 96;
const SEEK_END = 2;

/** The C library, as far as shared memory needs it. */
export interface Libc {
  /** A descriptor, or -1. `name` ends with a zero. */
  shmOpen(name: Uint8Array, flags: number, mode: number): number;
  /** 0, or -1. */
  shmUnlink(name: Uint8Array): number;
  /** Gives a new segment its size and the memory for it: 0, or the number of an error. */
  allocate(fd: number, size: number): number;
  /** The size of a segment. */
  sizeOf(fd: number): number;
  close(fd: number): void;
  /** An address, or -1. */
  mmap(address: number, length: number, protection: number, flags: number, fd: number): number;
  /** Whether a process runs. */
  isRunning(pid: number): boolean;
  view(address: number, length: number): ArrayBuffer;
  errno(): number;
}

/** Loads it. @throws {ProcessError} on a system that has no POSIX shared memory. */
export function openLibc(open: OpenLibrary): Libc {
  if (isMac) return macLibc(open);
  if (process.platform === "linux") return linuxLibc(open);
  throw new ProcessError(`Cannot map shared memory: it takes a POSIX system (Linux, macOS), received ${process.platform}`);
}

function linuxLibc(open: OpenLibrary): Libc {
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  const files = ["libc.so.6", `libc.musl-${machine}.so.1`];
  const library = open(files, { ...SIGNATURES, ...LINUX }, "__errno_location");
  const { ftruncate, posix_fallocate, lseek } = library.functions;
  return {
    ...commonOf(library),
    // Without its memory a segment would kill whoever writes into it when the system has none left (SIGBUS).
    allocate: (fd, size) => ftruncate(fd, size) === 0 ? posix_fallocate(fd, 0, size) : library.errno(),
    sizeOf: (fd) => lseek(fd, 0, SEEK_END),
  };
}

function macLibc(open: OpenLibrary): Libc {
  const library = open(["libSystem.B.dylib"], { ...SIGNATURES, [FSTAT]: [["int", "bytes"], "int"] } as const, "__error");
  const { ftruncate } = library.functions;
  const fstat = (library.functions as Record<string, (...args: CValue[]) => number>)[FSTAT]!;
  return {
    ...commonOf(library),
    allocate: (fd, size) => ftruncate(fd, size) === 0 ? 0 : library.errno(),
    sizeOf(fd) {
      const stat = new Uint8Array(STAT_BYTES);
      return fstat(fd, stat) === 0 ? Number(new DataView(stat.buffer).getBigInt64(STAT_SIZE_AT, true)) : -1;
    },
  };
}

function commonOf({ functions, view, errno }: Library<keyof typeof SIGNATURES>): Omit<Libc, "allocate" | "sizeOf"> {
  const { shm_open, shm_unlink, close, mmap, kill, waitid } = functions;
  const registers = REGISTERS.map(() => 0);
  return {
    shmOpen: (name, flags, mode) => shm_open(name, flags, ...registers, mode),
    shmUnlink: (name) => shm_unlink(name),
    close: (fd) => void close(fd),
    mmap: (address, length, protection, flags, fd) => mmap(address, length, protection, flags, fd, 0),
    isRunning(pid) {
      if (kill(pid, 0) !== 0 && errno() === NO_SUCH_PROCESS) return false;
      // A child that is dead answers until this process, which may be blocked, has taken its exit code: which is only looked at here.
      const info = new Uint8Array(SIGINFO_BYTES);
      return waitid(BY_PID, pid, info, ENDED | DO_NOT_WAIT | LEAVE_IT) !== 0 ||
        new DataView(info.buffer).getInt32(SIGINFO_PID_AT, true) !== pid;
    },
    view,
    errno,
  };
}

const NO_SUCH_PROCESS = 3;
const SIGINFO_BYTES = 128;
const SIGINFO_PID_AT = isMac ? 12 : 16;
const BY_PID = 1;
const DO_NOT_WAIT = 1;
const ENDED = 4;
const LEAVE_IT = isMac ? 0x20 : 0x0100_0000;
