/**
 * The proof that a test file leaves nothing behind.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { markedProcesses, markVariable } from "./processes.ts";

// Set by scripts/test.ts; a file that is run by hand marks its children from here on.
const mark = process.env[markVariable] ??= randomUUID();

function leftProcesses(): string[] {
  return markedProcesses(mark)
    .filter(({ pid }) => pid !== process.pid && pid !== process.ppid)
    .map(({ pid, command }) => `process ${pid}: ${command}`);
}

/**
 * Registers the last test of a file: no process that the file started, directly or not, is still running. Call it at the end of the file.
 * It is a test and not an `after()` hook because Deno drops the errors of a file's hooks. (Files are for the runner to check, after the
 * program's end: its sockets are in a folder that goes with the program.)
 *
 * @param more What else must be gone, as a text per leftover: `() => mp.activeChildren().map(String)`.
 */
export function leavesNothingBehind(more: () => string[] | Promise<string[]> = () => []): void {
  test("nothing is left behind", async () => {
    assert.deepEqual([...leftProcesses(), ...await more()], []);
  });
}
