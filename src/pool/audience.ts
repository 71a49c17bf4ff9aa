/** Who decodes what a pool's worker sends. @module */
import { thisUnit } from "../process/identity.ts";
import type { Audience } from "../reference/value.ts";

/** The unit that has the pool: with a worker that is a thread, one of the same process. */
export function audienceOfWorker(): Audience {
  return thisUnit().method === "thread" ? "once" : "process";
}
