/** `Value` where memory cannot be mapped, and what a program leaves behind. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { ownRuntime } from "../support/on_path.ts";
import { moduleSuffix, runProgram } from "../support/run_program.ts";
import { alwaysMapsMemory, runWithoutMemory } from "../support/without_memory.ts";

const program = (name: string) => new URL(`./programs/${name}${moduleSuffix}`, import.meta.url);
const LIMIT = { timeout: 60_000 };
const deno = { ...LIMIT, skip: ownRuntime !== "deno" && "Deno's permissions" };

test("a program without --allow-ffi has its Values in the object server, where view and acquireSync() are refused", deno, async () => {
  const execArgv = ["--no-prompt", "--allow-read", "--allow-write", "--allow-run", "--allow-env", "--allow-net"];
  const { stdout, stderr } = await runProgram(program("without_memory"), ["program"], { execArgv });
  assert.deepEqual(stdout.split("\n"), [
    "8 1.5 true false",
    "TypeError: Cannot view Value …: it lives in an object server, beside the lock it was given or because this program cannot map memory; read a copy and write it back | " +
    "Cannot map shared memory: this program lacks a permission, received none of --allow-ffi",
    "TypeError: Cannot acquire RLock … synchronously: it does not live in shared memory",
    "TypeError: Cannot synchronize Value …: it must be in memory that units share, received one in an object server",
    "",
  ], stderr);
});

const forThreads = ["900 [ 5, 6 ] true", "7 1 true", "true 4 4 true", "3 [ 2, 3 ] true true", "1 [ 1, 3 ] true true"];

test("a program that cannot map memory has Values of its thread contexts in memory that its threads share", {
  ...LIMIT,
  skip: alwaysMapsMemory,
}, async () => {
  const { stdout, stderr, code } = await runWithoutMemory(program("for_threads"));
  assert.deepEqual([stdout.split("\n"), stderr, code], [[...forThreads, "TypeError", ""], "", 0]);
});

test("a program that can map memory has Values of its thread contexts in the same place", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(program("for_threads"));
  assert.deepEqual([stdout.split("\n"), stderr, code], [[...forThreads, "mapped", ""], "", 0]);
});

test("a child without the permission is told what it lacks when it uses a Value in memory", deno, async () => {
  const { stdout, stderr } = await runProgram(program("without_memory"), ["child"]);
  assert.match(stdout, /^ProcessError: Cannot map shared memory: .* received none of --allow-ffi\n/, stderr);
});

test("a program that ends leaves no segment of its Values, however it ends", {
  ...LIMIT,
  skip: !fs.existsSync("/dev/shm") && "segments are no files here",
}, async () => {
  for (const how of ["exit", "kill"]) {
    const { stdout, stderr } = await runProgram(program("leaves_value"), [how]);
    const names = stdout.trim().split(" ");
    assert.ok(names.length > 0 && names.every((name) => name.startsWith("mp_")), stdout + stderr);
    assert.deepEqual([names.filter((name) => fs.existsSync(`/dev/shm/${name}`)), stderr], [[], ""]);
  }
});

leavesNothingBehind();
