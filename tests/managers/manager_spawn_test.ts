import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { managerBattery } from "./manager_battery.ts";

managerBattery("spawn");
leavesNothingBehind(() => mp.activeChildren().map(String));
