import { sharedBattery } from "./shared_battery.ts";

// Warm children wait until the program ends; the runner looks for what is left after that.
sharedBattery("forkserver");
