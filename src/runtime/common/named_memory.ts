/** Memory that processes share under a name: POSIX segments, as CPython's. @module */
import process from "node:process";
import { isMainThread } from "node:worker_threads";
import type { Mapping, NamedMemory } from "../types.ts";
import { node } from "./builtins.ts";
import { type Libc, openLibc, type OpenLibrary } from "./libc.ts";
import { onExit } from "./lifecycle.ts";
import { disownSegment, ownSegment } from "./owned_segments.ts";

const READ_WRITE = 1 | 2;
const SHARED = 1;
/** Anonymous private memory in place of what is mapped there, for which nothing is set aside. */
const CUT_OFF = 2 | 0x10 | (process.platform === "darwin" ? 0x1000 | 0x40 : 0x20 | 0x4000);
const PRIVATE_TO_USER = 0o600;
const FAILED = -1;

/** Pages that are mapped here. */
interface Pages {
  readonly address: number;
  readonly length: number;
}

/** How a runtime loads libraries, as shared memory on it. The library is loaded at the first call. */
export function namedMemory(open: OpenLibrary): () => NamedMemory {
  let memory: NamedMemory | undefined;
  return () => memory ??= makeMemory(openLibc(open));
}

function makeMemory(libc: Libc): NamedMemory {
  const mappings = mappingsOf(libc);
  const withSegment = (verb: string, name: string, flags: number, use: (fd: number) => Pages): Mapping => {
    const fd = libc.shmOpen(systemName(name), node.fs.constants.O_RDWR | flags, PRIVATE_TO_USER);
    if (fd === FAILED) throw failure(verb, name, libc.errno());
    try {
      return mappings.mapped(use(fd));
    } finally {
      libc.close(fd);
    }
  };
  const map = (verb: string, name: string, fd: number, length: number): Pages => {
    const address = libc.mmap(0, length, READ_WRITE, SHARED, fd);
    if (address === FAILED) throw failure(verb, name, libc.errno());
    return { address, length };
  };
  return {
    create(name, size) {
      return withSegment("create", name, node.fs.constants.O_CREAT | node.fs.constants.O_EXCL, (fd) => {
        try {
          const problem = libc.allocate(fd, size);
          if (problem !== 0) throw failure("create", name, problem, size);
          return map("create", name, fd, libc.sizeOf(fd));
        } catch (error) {
          libc.shmUnlink(systemName(name));
          throw error;
        }
      });
    },
    attach(name) {
      return withSegment("attach", name, 0, (fd) => {
        const size = libc.sizeOf(fd);
        if (size > 0) return map("attach", name, fd, size);
        throw new Error(`Cannot attach shared memory: a segment must have a size, received ${JSON.stringify(name)} with none`);
      });
    },
    unlink(name) {
      if (libc.shmUnlink(systemName(name)) === FAILED) throw failure("unlink", name, libc.errno());
    },
    own: (name, isReported) => ownSegment(name, isReported, (left) => libc.shmUnlink(systemName(left)) !== FAILED),
    disown: disownSegment,
    isRunning: libc.isRunning,
  };
}

/**
 * Pages are never unmapped, since nobody can know whether a view of them, or a read from a file into it, is still in use: that would end the process.
 * Private pages take their place, which cost nothing before somebody writes to them.
 */
function mappingsOf(libc: Libc): { mapped(pages: Pages): Mapping } {
  const open = new Set<Pages>();
  const cutOff = (pages: Pages) => {
    if (open.delete(pages)) libc.mmap(pages.address, pages.length, READ_WRITE, CUT_OFF, FAILED);
  };
  const forgotten = new FinalizationRegistry<Pages>(cutOff);
  // The process lives on after one of its threads, and the pages would with it.
  if (!isMainThread) onExit(() => open.forEach(cutOff));
  return {
    mapped(pages) {
      const buffer = libc.view(pages.address, pages.length);
      open.add(pages);
      forgotten.register(buffer, pages, pages);
      return {
        buffer,
        release() {
          forgotten.unregister(pages);
          cutOff(pages);
        },
      };
    },
  };
}

function systemName(name: string): Uint8Array {
  return new TextEncoder().encode(`/${name}\0`);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no segment of that name",
  EEXIST: "there is a segment of that name",
  EACCES: "it belongs to another user",
  ENAMETOOLONG: "its name is too long for the system",
  ENOSPC: "the system has no memory for it",
  ENOMEM: "the system has no memory for it",
  EMFILE: "this process has too many files open",
};

/** An error with the code that `node:fs` would give it. */
function failure(verb: string, name: string, errno: number, size?: number): Error {
  const code = Object.entries(node.os.constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
  const what = size === undefined ? JSON.stringify(name) : `${size} bytes for ${JSON.stringify(name)}`;
  const error = new Error(`Cannot ${verb} shared memory: ${REASONS[code] ?? code}, received ${what}`);
  return Object.assign(error, { code });
}
