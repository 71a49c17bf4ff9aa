import { leavesNothingBehind } from "../support/leftovers.ts";
import { listenerBattery } from "./listener_battery.ts";

listenerBattery("spawn");
leavesNothingBehind();
