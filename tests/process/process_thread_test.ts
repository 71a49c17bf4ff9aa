import { processBattery } from "./process_battery.ts";

processBattery("thread");
