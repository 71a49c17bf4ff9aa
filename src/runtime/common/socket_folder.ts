/** The private folder of this program's sockets: one for a tree of units, made at first need. @module */
import path from "node:path";
import process from "node:process";
import { isMainThread } from "node:worker_threads";
import { ProcessError } from "../../base/errors.ts";
import { hex } from "../../base/hex.ts";
import type { Address } from "../types.ts";
import { node } from "./builtins.ts";
import { randomBytes } from "./crypto.ts";
import { guardFolder } from "./guardian.ts";
import { envelope } from "./launch.ts";
import { onExit } from "./lifecycle.ts";
import { requireSockets, type SocketPlace } from "./permissions.ts";
import { sweepSegments } from "./segment_marks.ts";

/** The shortest limit of all systems for the path of a socket (macOS: 104 with the final zero). */
const LONGEST_PATH = 103;
const NAME_BYTES = 8;
/** A process id (at most 2^22 on Linux), a hyphen, the random part. */
const LONGEST_NAME = 8 + NAME_BYTES * 2;
const PREFIX = "fenshen-";
const FOLDER_BYTES = 4;

let folder: string | undefined;

function fits(base: string): boolean {
  const longest = path.join(base, PREFIX + "x".repeat(FOLDER_BYTES * 2), "x".repeat(LONGEST_NAME));
  return Buffer.byteLength(longest) <= LONGEST_PATH;
}

/** Where the folder can be, best first. Absolute: children may have another working folder, and so has the guardian. */
function basesOfFolder(): string[] {
  return [process.env.XDG_RUNTIME_DIR, node.os.tmpdir(), "/tmp"].filter((base) => base !== undefined && base !== "")
    .map((base) => path.resolve(base!)).filter(fits);
}

/** The folder, where there is one already, and where it would be made. */
export const socketPlace: SocketPlace = {
  get folder() {
    return folder ?? envelope()?.folder ?? null;
  },
  placeOfFolder: () => basesOfFolder()[0] ?? node.os.tmpdir(),
};

function makeFolder(): string {
  requireSockets(socketPlace);
  let failure: unknown;
  const bases = new Set(basesOfFolder());
  for (const base of bases) {
    const made = path.join(base, PREFIX + hex(randomBytes(FOLDER_BYTES)));
    // First: a program that is killed in the middle leaves nothing either.
    const withdraw = guardFolder(made);
    try {
      node.fs.mkdirSync(made, { mode: 0o700 });
      moveIn(made);
      return made;
    } catch (error) {
      withdraw();
      failure = error;
    }
  }
  const tried = [...bases].join(", ");
  throw new ProcessError(
    `Cannot make a folder for sockets: one of ${tried} must be a folder that this user may write to; set TMPDIR to such a folder`,
    { cause: failure },
  );
}

/** The folder, made at the first call by whoever is first in the tree; `null` where sockets have no folder (Windows). */
export function socketFolder(): string | null {
  if (process.platform === "win32") return null;
  if (folder !== undefined) return folder;
  const told = envelope()?.folder;
  folder = typeof told === "string" ? moveBackIn(told) : makeFolder();
  onExit(() => leaveSocketFolder());
  return folder;
}

/** Leaves a mark: nobody removes the folder while a process that uses it runs. Answers whether the folder is there. */
function moveIn(known: string): boolean {
  try {
    node.fs.writeFileSync(path.join(known, `${process.pid}-here`), "");
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/**
 * The folder of this process's tree. The last process of a dead program removes it, and one that was just starting then makes it again: under the same
 * name, which the guardian of its program knows, should it have to kill this process.
 */
function moveBackIn(told: string): string {
  if (moveIn(told)) return told;
  try {
    node.fs.mkdirSync(told, { mode: 0o700 });
  } catch (error) {
    // Another process of the tree was faster, or somebody else took the name.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || node.fs.lstatSync(told).uid !== process.getuid!()) return makeFolder();
  }
  return moveIn(told) ? told : makeFolder();
}

/**
 * Removes this process's sockets and those of processes that are gone, and the folder when nothing is left in it: the last process of a tree does that,
 * whoever of them was killed. A thread leaves this to its process.
 *
 * @param gone A process that is known to have ended; it may still answer until somebody has waited for it.
 */
export function leaveSocketFolder(gone?: number): void {
  const known = folder ?? envelope()?.folder;
  if (typeof known !== "string" || !isMainThread) return;
  try {
    for (const name of node.fs.readdirSync(known)) {
      const pid = Number.parseInt(name);
      // Marks of shared memory belong to no process.
      if (Number.isNaN(pid)) continue;
      if (pid === process.pid || pid === gone || !isRunning(pid)) node.fs.rmSync(path.join(known, name), { force: true });
    }
    sweepSegments(known);
    node.fs.rmdirSync(known);
  } catch (error) {
    // Others are still there, or another one was faster.
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's, or we may not ask.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** A fresh address in the folder. */
export function newLocalAddress(): Address {
  const given = isMainThread ? ownAddress() : null;
  if (given !== null) return { path: given };
  const name = `${process.pid}-${hex(randomBytes(NAME_BYTES))}`;
  const folder = socketFolder();
  return { path: folder === null ? `\\\\.\\pipe\\${PREFIX}${name}` : path.join(folder, name) };
}

/** One of the addresses that a child with permissions was given, in turn: it may listen at no other. */
function ownAddress(): string | null {
  const addresses = envelope()?.addresses ?? [];
  const free = addresses.findIndex((address) => !node.fs.existsSync(address));
  if (free < 0) return null;
  const [address] = addresses.splice(free, 1);
  addresses.push(address!);
  return address!;
}

/** The sockets in the folder at which a unit of this program listens now. */
export function openSockets(): Address[] {
  const folder = socketFolder();
  if (folder === null || !node.fs.existsSync(folder)) return [];
  return node.fs.readdirSync(folder).filter((name) => /^\d+-[0-9a-f]+$/.test(name)).map((name) => ({ path: path.join(folder, name) }));
}

/** The paths of addresses that have one. */
export function pathsOf(addresses: readonly Address[]): string[] {
  return addresses.flatMap((address) => "path" in address ? [address.path] : []);
}
