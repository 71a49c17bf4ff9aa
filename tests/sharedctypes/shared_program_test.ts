/** The battery on threads with the main module's classes, whose cells are memory of the whole program. */
import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { sharedBattery } from "./shared_battery.ts";

sharedBattery("thread", mp);
leavesNothingBehind(() => mp.activeChildren().map(String));
