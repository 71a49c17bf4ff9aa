import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { sharedBattery } from "./shared_battery.ts";

sharedBattery("spawn");
leavesNothingBehind(() => mp.activeChildren().map(String));
