/** Which shared values travel. @module */
import { registerArray } from "./array.ts";
import { registerValue } from "./value.ts";

/** Lets every class of this folder travel. Calling it again does nothing. */
export function registerSharedHandles(): void {
  registerValue();
  registerArray();
}
