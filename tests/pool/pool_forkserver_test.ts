import { poolBattery } from "./pool_battery.ts";

// The warm children live until this program ends; the runner checks that nothing is left after it.
poolBattery("forkserver");
