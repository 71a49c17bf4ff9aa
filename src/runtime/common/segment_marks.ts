/**
 * A mark in the folder of the program's sockets says that a segment of shared memory belongs to the program: whoever leaves the folder last, or the
 * guardian, unlinks it. So a segment may outlive the process that made it, and never the program.
 *
 * @module
 */
import path from "node:path";
import { node } from "./builtins.ts";
import { writeError } from "./stdio.ts";

const REPORTED = "shm-";
const SILENT = "heap-";

/** Unlinks a segment: `false` when it is gone already. */
export type Unlink = (name: string) => boolean;

/** Where the system keeps segments as files (Linux). */
export const SEGMENT_FOLDER = "/dev/shm";

let unlink: Unlink = (name) => {
  const file = path.join(SEGMENT_FOLDER, name);
  const isThere = node.fs.existsSync(file);
  node.fs.rmSync(file, { force: true });
  return isThere;
};

/** Says how segments are unlinked where the C library is loaded. */
export function unlinkWith(known: Unlink): void {
  unlink = known;
}

/** The mark of a segment. */
export function markOf(folder: string, name: string, isReported: boolean): string {
  return path.join(folder, (isReported ? REPORTED : SILENT) + name);
}

/** The two marks that a segment may have. */
export function marksOf(folder: string, name: string): string[] {
  return [markOf(folder, name, true), markOf(folder, name, false)];
}

/** Unlinks the segments that are marked in a folder, if nothing but marks is in it: every process of the program has left. */
export function sweepSegments(folder: string): void {
  const marks = node.fs.readdirSync(folder);
  if (!marks.every((mark) => mark.startsWith(REPORTED) || mark.startsWith(SILENT))) return;
  const left = marks.filter((mark) => {
    const name = mark.slice(mark.indexOf("-") + 1);
    const wasThere = unlink(name);
    node.fs.rmSync(path.join(folder, mark), { force: true });
    return wasThere && mark.startsWith(REPORTED);
  });
  reportLeft(left.map((mark) => mark.slice(REPORTED.length)));
}

/** Says which segments nobody had unlinked. */
export function reportLeft(names: readonly string[]): void {
  if (names.length > 0) writeError(`multiprocessing: unlinked shared memory that the program had left behind: ${names.join(" ")}\n`);
}
