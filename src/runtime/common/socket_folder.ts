/** The private folder of this program's sockets: one for a tree of units, made at first need. @module */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { randomBytes } from "node:crypto";
import type { Address } from "../types.ts";
import { envelope } from "./launch.ts";
import { onExit } from "./lifecycle.ts";

/** The shortest limit of all systems for the path of a socket (macOS: 104 with the final zero). */
const LONGEST_PATH = 103;
const NAME_BYTES = 8;
const PREFIX = "fenshen-";

let folder: string | null | undefined;

function fits(base: string): boolean {
  const longest = path.join(base, PREFIX + "XXXXXX", "x".repeat(NAME_BYTES * 2));
  return Buffer.byteLength(longest) <= LONGEST_PATH;
}

function makeFolder(): string {
  const bases = [process.env.XDG_RUNTIME_DIR, os.tmpdir(), "/tmp"].filter((base) => base !== undefined && base !== "" && fits(base));
  let failure: unknown = new Error("Cannot make a folder for sockets: every path for temporary files is too long");
  for (const base of bases as string[]) {
    try {
      return fs.mkdtempSync(path.join(base, PREFIX)); // mode 0700
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** The folder, made at the first call by whoever is first in the tree; `null` where sockets have no folder (Windows). */
export function socketFolder(): string | null {
  if (process.platform === "win32") return null;
  folder ??= envelope()?.folder;
  // The last child of a dead parent removes the folder; who still needs one then makes its own.
  if (typeof folder === "string" && fs.existsSync(folder)) return folder;
  const made = folder = makeFolder();
  onExit(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Makes this unit use the folder of the unit that started it. */
export function useSocketFolder(path: string): void {
  folder = path;
}

/** Removes the folder with what is left in it. */
export function removeSocketFolder(): void {
  const known = folder ?? envelope()?.folder;
  if (typeof known === "string") fs.rmSync(known, { recursive: true, force: true });
}

/** A fresh address in the folder. */
export function newLocalAddress(): Address {
  const name = randomBytes(NAME_BYTES).toString("hex");
  const folder = socketFolder();
  return { path: folder === null ? `\\\\.\\pipe\\${PREFIX}${name}` : path.join(folder, name) };
}
