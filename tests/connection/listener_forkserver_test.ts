import { listenerBattery } from "./listener_battery.ts";

// Warm children wait until the program ends; the runner looks for what is left after that.
listenerBattery("forkserver");
