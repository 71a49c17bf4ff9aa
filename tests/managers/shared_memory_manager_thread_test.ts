import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { sharedMemoryManagerBattery } from "./shared_memory_manager_battery.ts";

sharedMemoryManagerBattery("thread");
leavesNothingBehind(() => mp.activeChildren().map(String));
