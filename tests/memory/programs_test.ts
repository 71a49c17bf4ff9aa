/** Programs that leave memory behind, or may not map any. Rows: python-behaviour.md 2.13 and 2.14. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { SharedMemory } from "@fenshen/multiprocessing/shared_memory";
import { ownRuntime } from "../support/on_path.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { moduleSuffix, runProgram, startProgram } from "../support/run_program.ts";
import { runWithoutMemory } from "../support/without_memory.ts";

const program = (name: string) => new URL(`./programs/${name}${moduleSuffix}`, import.meta.url);
const LIMIT = { timeout: 60_000 };

function isThere(name: string): boolean {
  try {
    new SharedMemory({ name }).close();
    return true;
  } catch (error) {
    assert.equal((error as { code?: unknown }).code, "ENOENT");
    return false;
  }
}

const left = (name: string) => `multiprocessing: unlinked shared memory that the program had left behind: ${name}\n`;

test("memory that a program left behind is unlinked at its end, and told of [test_resource_tracker]", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(program("owner"), ["ends"]);
  const name = stdout.trim();
  assert.equal(code, 0);
  assert.equal(stderr, left(name));
  assert.equal(isThere(name), false);
});

test("memory of a killed program is unlinked and told of [test_shared_memory_cleaned_after_process_termination]", {
  ...LIMIT,
  skip: process.platform === "darwin" && "a shell cannot unlink segments there",
}, async () => {
  const running = startProgram(program("owner"), ["waits"]);
  const name = (await running.printed(/psm_\w+\n/)).trim();
  assert.equal(isThere(name), true);
  process.kill(running.pid, "SIGKILL");
  // Its guardian holds its output open until the work is done.
  const { stderr, signal } = await running.ended;
  assert.equal(signal, "SIGKILL");
  assert.equal(stderr, left(name));
  assert.equal(isThere(name), false);
});

test("memory that a child made goes with the program, not with the child", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(program("owner"), ["child"]);
  const [name, value] = stdout.trim().split(" ");
  assert.equal(code, 0, stderr);
  assert.equal(value, "5");
  assert.equal(stderr, left(name!));
  assert.equal(isThere(name!), false);
});

test("a program that only attached memory leaves it alone [test_shared_memory_untracking, 4.1 #11]", LIMIT, async () => {
  const memory = new SharedMemory({ create: true, size: 8 });
  const { stdout, stderr } = await runProgram(program("owner"), ["attached", memory.name]);
  assert.deepEqual([stdout.trim(), stderr], [memory.name, ""]);
  assert.equal(isThere(memory.name), true);
  memory.close();
  memory.unlink();
});

test("with track: false memory outlives its program [test_shared_memory_tracking]", LIMIT, async () => {
  const { stdout, stderr } = await runProgram(program("owner"), ["untracked"]);
  assert.equal(stderr, "");
  const memory = new SharedMemory({ name: stdout.trim() });
  memory.close();
  memory.unlink();
});

test("memory that the program unlinked is not told of [test_shared_memory_SharedMemoryServer_reuses_resource_tracker]", LIMIT, async () => {
  const { stdout, stderr } = await runProgram(program("owner"), ["unlinks"]);
  assert.match(stdout, /^psm_/);
  assert.equal(stderr, "");
});

test("without --allow-ffi the error names it, and with it alone memory is mapped", {
  ...LIMIT,
  skip: ownRuntime !== "deno" && "Deno's permissions",
}, async () => {
  const without = await runProgram(program("missing"), [], { execArgv: ["--no-prompt", "--allow-read"] });
  assert.equal(
    without.stdout,
    "ProcessError: Cannot map shared memory: this program lacks a permission, received none of --allow-ffi\nStart it with --allow-ffi; " +
      "a child that is given permissions needs { ffi: true } in them\n",
  );
  const enough = await runProgram(program("missing"), [], { execArgv: ["--no-prompt", "--allow-ffi"] });
  assert.equal(enough.stdout, "mapped 7\n");
  assert.match(enough.stderr, /left behind/);
});

test("without koffi the error says how to install it", { ...LIMIT, skip: ownRuntime !== "node" && "Node needs koffi" }, async () => {
  const { stdout, stderr } = await runWithoutMemory(program("missing"));
  assert.match(
    stdout,
    /^ProcessError: Cannot map shared memory: Node reaches it through the package koffi, .*\n\n {4}npm install koffi\n$/,
    stderr,
  );
});

leavesNothingBehind();
