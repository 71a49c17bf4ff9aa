import { test } from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { nestFrom } from "./fixtures/deep.ts";
import { takeTime, tellWhereIAm } from "./fixtures/targets.ts";
import { processBattery } from "./process_battery.ts";

processBattery("spawn");

test("a child gets the folder and the environment that its options name, on top of this process's [2.2 spawn data]", async () => {
  const queue = new mp.Queue<{ cwd: string; value: string | undefined; path: string | undefined }>();
  const folder = fs.realpathSync(os.tmpdir());
  const p = new mp.Process({ target: tellWhereIAm, args: [queue], cwd: folder, env: { FENSHEN_TEST_VALUE: "told" } });
  await p.start();
  const told = await queue.get();
  assert.equal(told.cwd, folder);
  assert.equal(told.value, "told");
  assert.ok(told.path);
  assert.equal(await p.join(), 0);
});

test("a child that cannot be launched rejects start() and join() with one clear error", async () => {
  const p = new mp.Process({ execPath: "/nonexistent/runtime" });
  await assert.rejects(p.start(), /no executable \/nonexistent\/runtime was found/);
  await assert.rejects(p.join(), /no executable/);
  assert.equal(p.isAlive(), false);
});

test("terminate() kills after its grace only, of which there is none by default [test_terminate]", { timeout: 60_000 }, async () => {
  const [queue, enough] = [new mp.Queue<string>(), new mp.Event()];
  for (const [options, code] of [[{ grace: null as unknown as number }, 7], [{ grace: 1 }, -9]] as const) {
    const p = new mp.Process({ target: takeTime, args: [queue, enough] });
    await p.start();
    assert.equal(await queue.get(), "ready");
    p.terminate(options);
    if (code === 7) {
      assert.equal(await Promise.race([queue.get(), p.join()]), "asked");
      await enough.set();
    }
    assert.equal(await p.join(), code);
    await enough.clear();
    await queue.empty() || await queue.get();
  }
});

test("units may be nested 16 deep, not deeper", { timeout: 60_000 }, async () => {
  const ctx = mp.getContext("spawn");
  const queue = new ctx.Queue<string>();
  const p = new ctx.Process({ target: nestFrom, args: [queue, 14, 20] });
  await p.start();
  assert.equal(await p.join(), 0);
  assert.equal(await queue.qsize(), 3);
});

leavesNothingBehind(() => mp.activeChildren().map(String));
