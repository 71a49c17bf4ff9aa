import { taskBattery } from "./task_battery.ts";

// The warm children live until this program ends; the runner checks that nothing is left after it.
taskBattery("forkserver");
