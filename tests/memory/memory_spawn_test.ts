import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { memoryBattery } from "./memory_battery.ts";

memoryBattery("spawn");
leavesNothingBehind(() => mp.activeChildren().map(String));
