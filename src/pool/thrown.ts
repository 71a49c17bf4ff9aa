/** What was thrown, on its way between a pool and its workers. @module */
import { BootstrapError } from "../base/errors.ts";
import { functionHooks } from "../reference/hooks.ts";
import { encodeError } from "../wire/wire.ts";

/** The bytes of anything that was thrown; the promise of them does not reject. */
export function encodeThrown(error: unknown): Uint8Array | Promise<Uint8Array> {
  return encodeError(rootOf(error), { functions: functionHooks, where: "error" });
}

/** The missing main guard is what the user has to hear of, not that an import failed because of it. */
function rootOf(error: unknown): unknown {
  const seen = new Set<unknown>();
  try {
    for (let e = error; e instanceof Error && !seen.has(e); e = e.cause) {
      if (e instanceof BootstrapError) return e;
      seen.add(e);
    }
  } catch {
    return error; // What a getter of it throws is told by the encoding.
  }
  return error;
}
