/** The socket file of a manager's process at a path of the user's: who started the process removes what that could not. @module */
import { runtime } from "../runtime/runtime.ts";
import type { Address } from "../runtime/types.ts";

const files = new Set<Address>();
let removesAtExit = false;

/**
 * Removes the file when the process ends, unless it has done so itself: after that another may have made one of its own there.
 *
 * @param ended Settles at the end of the process. @param isOrderly Whether it ended by itself.
 */
export function removeSocketFileAfter(ended: Promise<unknown>, address: Address, isOrderly: () => boolean): void {
  files.add(address);
  // The process gets SIGTERM when this unit ends, and does nothing any more.
  if (!removesAtExit) runtime.onExit(() => files.forEach((file) => runtime.removeSocketFile(file)));
  removesAtExit = true;
  ended.then(() => {
    files.delete(address);
    if (!isOrderly()) runtime.removeSocketFile(address);
  });
}
