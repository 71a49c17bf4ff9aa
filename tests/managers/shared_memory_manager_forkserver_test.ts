import { sharedMemoryManagerBattery } from "./shared_memory_manager_battery.ts";

// Warm children wait until the program ends; the runner checks that none is left after it.
sharedMemoryManagerBattery("forkserver");
