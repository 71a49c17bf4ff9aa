/** The object server of a unit. @module */
import { servedTypes } from "../managers/unit_types.ts";
import { objectServerMain } from "../server/main.ts";

/** Runs the object server in this unit. */
export function runObjectServer(data: unknown): Promise<void> {
  return objectServerMain(data, servedTypes);
}
