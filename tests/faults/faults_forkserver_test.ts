import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { boot, bootOfProcess } from "./boot_stages.ts";
import { listeners } from "./listener_stages.ts";
import { managers } from "./manager_stages.ts";
import { pipes } from "./pipe_stages.ts";
import { pools } from "./pool_stages.ts";
import { process, processOfProcess } from "./process_stages.ts";
import { queues } from "./queue_stages.ts";
import { servers } from "./server_stages.ts";
import { FaultBattery } from "./support/battery.ts";
import { sync } from "./sync_stages.ts";

const battery = new FaultBattery("forkserver");
for (const stages of [boot, bootOfProcess, process, processOfProcess, sync, queues, pipes, listeners, servers, managers]) {
  battery.stages(stages);
}
// One way after the other: each pool lives on.
battery.stages(pools, 1);
battery.end();

test("no child is left; the warm ones end with this program, as the runner checks", () => {
  assert.deepEqual(mp.activeChildren().map(String), []);
});
