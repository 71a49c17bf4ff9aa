import { leavesNothingBehind } from "../support/leftovers.ts";
import { taskBattery } from "./task_battery.ts";

taskBattery("spawn");
leavesNothingBehind();
