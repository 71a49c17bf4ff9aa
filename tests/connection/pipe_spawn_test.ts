import { leavesNothingBehind } from "../support/leftovers.ts";
import { pipeBattery } from "./pipe_battery.ts";

pipeBattery("spawn");
leavesNothingBehind();
