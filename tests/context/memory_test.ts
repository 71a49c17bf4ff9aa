/** `resourceLimits`: a child that takes too much memory ends, and nobody else. */
import { test } from "node:test";
import assert from "node:assert/strict";
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { moduleSuffix, runProgram } from "../support/run_program.ts";
import { end, square, squareUnless } from "./fixtures/memory.ts";

const onBun = process.versions.bun !== undefined;
const onNode = process.versions.deno === undefined && !onBun;
const onLinux = process.platform === "linux";
const LIMIT = { timeout: 120_000 };
const limits = { resourceLimits: { maxOldGenerationSizeMb: 32 } };

for (const method of mp.getAllStartMethods()) {
  const skip = method === "thread" && !onNode
    ? "no runtime but Node keeps a thread to a limit and tells of its end"
    : onBun && !onLinux
    ? "only Linux limits the data of a process"
    : false;

  test(`Pool (${method}): a task that runs out of memory rejects with a WorkerDiedError that says so, its neighbours complete`, {
    ...LIMIT,
    skip,
  }, async () => {
    const { Pool } = mp.getContext(method, limits);
    const pool = new Pool(2);
    const tasks = [0, 1, 2, 3, 4, 5].map((x) => pool.apply(squareUnless, [x, 2]));
    await assert.rejects(tasks[2]!, (error: unknown) => {
      assert.ok(error instanceof mp.WorkerDiedError, String(error));
      assert.equal(error.outOfMemory, true);
      assert.match(error.message, /squareUnless: its worker .* died .*: out of memory, with the limits maxOldGenerationSizeMb 32$/);
      return true;
    });
    assert.deepEqual(await Promise.all(tasks.filter((_, x) => x !== 2)), [0, 1, 9, 16, 25]);
    assert.deepEqual(await pool.map(square, [6, 7]), [36, 49], "the worker was replaced");
    await pool.terminate();
  });

  test(`Process (${method}): a child that runs out of memory is reported, and this unit lives on`, { ...LIMIT, skip }, async () => {
    const program = new URL(`./programs/out_of_memory${moduleSuffix}`, import.meta.url);
    const { code, stdout, stderr } = await runProgram(program, [method], { timeout: 120_000 });
    assert.equal(code, 0, stderr);
    assert.match(stdout, method === "thread" ? /^exit code 1\nstill here\n$/ : /^exit code -(4|5|6|11)\nstill here\n$/);
    assert.match(stderr, /Process hungry:\nout of memory, with the limits maxOldGenerationSizeMb 32\n/);
  });
}

test("a thread on Bun and Deno refuses resourceLimits", { ...LIMIT, skip: onNode && "Node has them" }, async () => {
  const p = new (mp.getContext("thread", limits).Process)({ target: square, args: [1] });
  await assert.rejects(
    p.start(),
    /(bun|deno) keeps it to no such limit on \w+, received resourceLimits.maxOldGenerationSizeMb; use the start method "spawn"/,
  );
});

test("a process refuses limits that are only for threads", LIMIT, async () => {
  const p = new mp.Process({ target: square, args: [1], resourceLimits: { stackSizeMb: 4 } });
  await assert.rejects(p.start(), {
    name: "TypeError",
    message: /keeps it to no such limit on \w+, received resourceLimits.stackSizeMb$/,
  });
});

test("a WorkerDiedError of another death is not out of memory", LIMIT, async () => {
  const { Pool } = mp.getContext("spawn", limits);
  const pool = new Pool(1);
  await assert.rejects(pool.apply(end, [7]), (error: unknown) => {
    assert.ok(error instanceof mp.WorkerDiedError, String(error));
    assert.deepEqual([error.outOfMemory, error.exitcode], [false, 7]);
    return true;
  });
  await pool.terminate();
});

// The warm children of forkserver live until this program ends; the runner checks that nothing is left after it.
