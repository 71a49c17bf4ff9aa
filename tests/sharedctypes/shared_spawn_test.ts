import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { raceByTurns } from "./fixtures/units.ts";
import { sharedBattery } from "./shared_battery.ts";

sharedBattery("spawn");

test(
  "a million increments by two processes are exact, half of them by add() and half by compareAndSwap()",
  { timeout: 60_000 },
  async () => {
    const [start, value] = [new mp.RawValue("i"), new mp.RawValue("i")];
    const pool = new mp.Pool(2);
    await Promise.all([1, 2].map(() => pool.apply(raceByTurns, [start, value, 500_000])));
    assert.equal(await value.get(), 1_000_000);
    await pool.terminate();
  },
);

leavesNothingBehind(() => mp.activeChildren().map(String));
