/** Children on any runtime, from this one. */
import { test } from "node:test";
import assert from "node:assert/strict";
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { fileURLToPath } from "node:url";
import { noChildOn, ownRuntime } from "../support/on_path.ts";
import { failOn, squareOn, tellAndRelay } from "./fixtures/runtimes.ts";

const LIMIT = { timeout: 60_000 };

for (const runtime of ["deno", "bun", "node"] as const) {
  for (const method of ["spawn", "forkserver"] as const) {
    const ctx = mp.getContext(method, { runtime });
    const skip = noChildOn(runtime);
    const claim = (text: string, run: () => Promise<void>) =>
      test(`${ownRuntime} (${method}) with children on ${runtime}: ${text}`, { ...LIMIT, skip }, run);

    claim("a Process runs there, with its arguments, and a Queue leads there and back", async () => {
      const value = { list: [1n, undefined, -0], when: new Date(0), map: new Map([[{ a: 1 }, new Set([1])]]) };
      const rounds = method === "forkserver" ? 3 : 1; // the last is a warm one
      for (let round = 0; round < rounds; round++) {
        const [from, to] = [new ctx.Queue<number>(), new ctx.Queue<unknown>(2)];
        const p = new ctx.Process({ target: tellAndRelay, args: [from, to, value] });
        await p.start();
        assert.deepEqual(await to.get(), [runtime, p.pid, value]);
        for (const item of [1, 2, 3]) await from.put(item);
        await from.shutdown();
        assert.deepEqual([await to.get(), await to.get(), await to.get()], [1, 2, 3].map((item) => `${runtime} ${item}`));
        assert.equal(await p.join(), 0);
      }
    });

    claim("a Pool works there, and its errors come back", async () => {
      const pool = new ctx.Pool(1);
      assert.deepEqual(await pool.map(squareOn, [1, 2, 3]), [[runtime, 1], [runtime, 4], [runtime, 9]]);
      assert.equal(await pool.apply((x: number) => x + 1, [1]), 2, "a function that travels as its source");
      await assert.rejects(pool.apply(failOn, [5]), { name: "RangeError", message: "cannot take 5" });
      await pool.terminate();
    });
  }
}

test("a runtime that is not installed is one clear error of start(): what was looked for, and what to do", LIMIT, async () => {
  const other = ownRuntime === "deno" ? "bun" : "deno";
  const path = process.env.PATH;
  process.env.PATH = "/no/such/folder";
  try {
    for (const options of [{}, { resourceLimits: { maxOldGenerationSizeMb: 500 } }]) {
      const p = new (mp.getContext("spawn", { runtime: other, ...options }).Process)({ target: squareOn, args: [1] });
      await assert.rejects(p.start(), (error: unknown) => {
        assert.ok(error instanceof mp.ProcessError, String(error));
        assert.match(
          error.message,
          new RegExp(`^Cannot start a ${other} process: no executable ${other} was found on PATH \\(/no/such/folder\\)\n`),
        );
        assert.match(error.message, new RegExp(`mp.getContext\\("spawn", \\{ runtime: "${other}", execPath: "/path/to/${other}" \\}\\)`));
        return true;
      });
    }
  } finally {
    process.env.PATH = path;
  }
});

test("execPath names the executable of a runtime, and one that is not there is named", LIMIT, async () => {
  const pool = new (mp.getContext("spawn", { execPath: process.execPath }).Pool)(1);
  assert.deepEqual(await pool.apply(squareOn, [2]), [ownRuntime, 4]);
  await pool.terminate();
  const { Process } = mp.getContext("spawn", { execPath: "/no/such/runtime" });
  await assert.rejects(new Process({ target: squareOn, args: [1] }).start(), /no executable \/no\/such\/runtime was found\n/);
  const { Process: OfText } = mp.getContext("spawn", { execPath: fileURLToPath(import.meta.url) });
  await assert.rejects(
    new OfText({ target: squareOn, args: [1] }).start(),
    /^ProcessError: Cannot start a \w+ process: .*runtimes_test.[jt]s must be a program that this user may run$/,
  );
});

test("options are checked where they are given", () => {
  const bad: [unknown, RegExp][] = [
    [{ runtime: "rhino" }, /runtime must be "deno", "bun" or "node", received "rhino"/],
    [{ execPath: 5 }, /execPath must be the path of an executable, received number/],
    [{ execArgv: "--x" }, /execArgv must be an array of strings, received "--x"/],
    [{ env: { A: 1 } }, /env must be an object of strings, received object/],
    [{ cwd: "" }, /cwd must be the path of a folder, received ""/],
    [{ stdio: "loud" }, /stdio must be "inherit", "pipe", "ignore"/],
    [{ resourceLimits: 5 }, /resourceLimits must be an object/],
    [{ resourceLimits: { heap: 5 } }, /resourceLimits are maxOldGenerationSizeMb, .*, not heap/],
    [{ resourceLimits: { maxOldGenerationSizeMb: 0 } }, /must be a number of megabytes above 0, received 0/],
    [{ timeout: 5 }, /the options are .*, received timeout/],
  ];
  for (const [options, message] of bad) {
    assert.throws(() => mp.getContext("spawn", options as mp.ContextOptions), message);
    assert.throws(() => new mp.Process(options as mp.ProcessOptions), message);
    assert.throws(() => new mp.Pool(options as mp.PoolOptions), message);
  }
});

// The warm children of forkserver live until this program ends; the runner checks that nothing is left after it.
