import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { sharedBattery } from "./shared_battery.ts";

sharedBattery("thread");
leavesNothingBehind(() => mp.activeChildren().map(String));
