import { test } from "node:test";
import assert from "node:assert/strict";
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { processBattery } from "./process_battery.ts";

processBattery("thread");

test("a thread refuses what needs a process of its own", async () => {
  const { Process } = mp.getContext("thread");
  const others = (["deno", "bun", "node"] as const).filter((name) => !isRunning(name));
  for (const runtime of others) await assert.rejects(new Process({ runtime }).start(), /runtime/);
  await assert.rejects(new Process({ cwd: "/" }).start(), /cwd needs a process of its own/);
  await assert.rejects(new Process({ stdio: "pipe" }).start(), /use the start method "spawn" for stdio/);
});

function isRunning(name: string): boolean {
  const { deno, bun } = process.versions;
  return name === (deno !== undefined ? "deno" : bun !== undefined ? "bun" : "node");
}

leavesNothingBehind(() => mp.activeChildren().map(String));
