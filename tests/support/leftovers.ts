/**
 * The proof that a test file leaves nothing behind.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import { test } from "node:test";
import { markedProcesses, markVariable } from "./processes.ts";

// Set by scripts/test.ts; a file that is run by hand marks its children from here on.
const startedByRunner = process.env[markVariable] !== undefined;
const mark = process.env[markVariable] ??= randomUUID();

function leftProcesses(): string[] {
  return markedProcesses(mark)
    .filter(({ pid }) => pid !== process.pid && pid !== process.ppid)
    .map(({ pid, command }) => `process ${pid}: ${command}`);
}

function leftFiles(): string[] {
  // Only the runner gives each file a temporary folder of its own; in a shared one, other programs' files are no fault of this test.
  if (!startedByRunner) return [];
  return fs.readdirSync(os.tmpdir()).map((name) => `file: ${os.tmpdir()}/${name}`);
}

/**
 * Registers the last test of a file: no process that the file started, directly or not, is still running, and its temporary folder is
 * empty. Call it at the end of the file. It is a test and not an `after()` hook because Deno drops the errors of a file's hooks.
 *
 * @param more What else must be gone, as a text per leftover: `() => mp.activeChildren().map(String)`.
 */
export function leavesNothingBehind(more: () => string[] | Promise<string[]> = () => []): void {
  test("nothing is left behind", async () => {
    assert.deepEqual([...leftProcesses(), ...leftFiles(), ...await more()], []);
  });
}
