import { memoryBattery } from "./memory_battery.ts";

// Warm children wait until the program ends; the runner looks for what is left after that.
memoryBattery("forkserver");
