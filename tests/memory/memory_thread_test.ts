import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { memoryBattery } from "./memory_battery.ts";

memoryBattery("thread");
leavesNothingBehind(() => mp.activeChildren().map(String));
