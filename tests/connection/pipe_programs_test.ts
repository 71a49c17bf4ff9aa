/** What keeps a program with pipes alive, and what does not. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { moduleSuffix, runProgram } from "../support/run_program.ts";

const run = (name: string) => runProgram(new URL(`./fixtures/${name}${moduleSuffix}`, import.meta.url));

test("an idle open Connection does not keep the program alive", { timeout: 90_000 }, async () => {
  assert.deepEqual(await run("pipe_idle_program"), { code: 0, signal: null, stdout: "idle\n", stderr: "" });
});

test("a waiting recv() keeps the program alive", { timeout: 90_000 }, async () => {
  assert.deepEqual(await run("pipe_pending_program"), { code: 0, signal: null, stdout: "late\n", stderr: "" });
});

test("sends that nobody awaited and that exceed the window keep a child from ending", { timeout: 90_000 }, async () => {
  assert.deepEqual(await run("pipe_unread_program"), { code: 0, signal: null, stdout: `${32 << 20} 0\n`, stderr: "" });
});

leavesNothingBehind();
