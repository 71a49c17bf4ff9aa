/** Which files there are to count, and how they are dealt out. @module */
import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../lib/cli.ts";
import type { Problem } from "./census.ts";

/** A file to count. */
export interface ListedFile {
  path: string;
  bytes: number;
}

/** Every file below a folder, and what is there but cannot be counted. */
export interface Listing {
  files: ListedFile[];
  problems: Problem[];
}

/**
 * A task has about a thirtieth of all bytes, within these limits: small beside the whole, so that the workers end together, and large beside
 * the words that it sends back, of which every text has the same ones again.
 */
const fewestBytes = 128 * 1024;
const mostBytes = 2 * 1024 * 1024;
const mostFiles = 256;

/** Checks that a folder is there. @throws {UsageError} */
export async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `cannot count ${folder}: ${error.code === "ENOENT" ? "there is no such folder" : `it cannot be read (${error.code})`}`,
    );
  });
  if (!found.isDirectory()) throw new UsageError(`cannot count ${folder}: it is not a folder`);
}

/**
 * Lists the files below a folder. Symbolic links are not followed: pnpm and Deno link packages into `node_modules` many times.
 *
 * @param skip Names directly below the folder that are left out.
 */
export async function listFiles(folder: string, skip: readonly string[], signal: AbortSignal): Promise<Listing> {
  const listing: Listing = { files: [], problems: [] };
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    signal.throwIfAborted();
    const entries = await readdir(at, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) =>
      unreadable(listing, `${at}/`, error)
    );
    for (const entry of entries ?? []) {
      const path = join(at, entry.name);
      if (at === folder && skip.includes(entry.name)) continue;
      if (entry.isDirectory()) folders.push(path);
      else await listFile(listing, path);
    }
  }
  return listing;
}

async function listFile(listing: Listing, path: string): Promise<void> {
  try {
    const found = await lstat(path);
    if (found.isFile()) listing.files.push({ path, bytes: found.size });
    else if (found.isSymbolicLink()) await stat(path); // a broken one is told
    else listing.problems.push({ path, kind: "unreadable", reason: "not a regular file" });
  } catch (error) {
    unreadable(listing, path, error as NodeJS.ErrnoException);
  }
}

function unreadable(listing: Listing, path: string, error: NodeJS.ErrnoException): null {
  listing.problems.push({ path, kind: "unreadable", reason: error.code ?? error.message });
  return null;
}

/** Deals the files out into tasks, the largest first, so that no long task is left for the end. */
export function batchesOf(files: readonly ListedFile[]): string[][] {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const enough = Math.min(mostBytes, Math.max(fewestBytes, total / 32));
  const batches: string[][] = [];
  let batch: string[] = [];
  let bytes = 0;
  for (const file of [...files].sort((a, b) => b.bytes - a.bytes)) {
    if (batch.length > 0 && (bytes + file.bytes > enough || batch.length >= mostFiles)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(file.path);
    bytes += file.bytes;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
