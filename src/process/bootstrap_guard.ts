/** The fence against fork bombs. @module */
import { BootstrapError } from "../base/errors.ts";
import { bootstrapScope } from "../reference/importing.ts";
import { runtime } from "../runtime/runtime.ts";
import { DEEPEST_NESTING, isChildUnit, thisUnit } from "./identity.ts";

/** A unit starts units only from its target, and not without end. @throws {BootstrapError} otherwise. */
export function refuseInBootstrap(name: string): void {
  if (!runtime.isChild) return;
  // The top level of a program that is one file runs before the child knows who it is.
  if (!isChildUnit()) throw unguarded(name);
  if (thisUnit().path.length >= DEEPEST_NESTING) {
    throw new BootstrapError(`Cannot start ${name}: units may be nested ${DEEPEST_NESTING} deep, and this one is`);
  }
  const scope = bootstrapScope();
  // A program that is one file is not imported, so its top level has no mark.
  if (scope === "target" || (scope === "none" && runtime.importCarriesScope && runtime.packaging === "modules")) return;
  throw unguarded(name);
}

function unguarded(name: string): BootstrapError {
  return new BootstrapError(
    `Cannot start ${name}: this module is being imported by a child, to find a function in it; what runs at its top level must be guarded:

    if (mp.isMain(import.meta)) {
      // start processes here
    }
`,
  );
}
