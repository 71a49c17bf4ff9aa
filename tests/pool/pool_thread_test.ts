import { leavesNothingBehind } from "../support/leftovers.ts";
import { poolBattery } from "./pool_battery.ts";

poolBattery("thread");
leavesNothingBehind();
