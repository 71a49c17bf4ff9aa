/** `Manager`: all that a program loads of managers before it makes one. @module */
import { observed } from "../server/request.ts";
import type { SyncManager } from "./manager.ts";
import type { ManagerOptions } from "./manager_binding.ts";

/**
 * Starts a {@linkcode SyncManager}: a server of shared objects in a process of its own.
 *
 * @param options How it is made. @returns The manager, when it can be reached. Use `await using`, or call `shutdown()`.
 * @throws What `start()` throws.
 */
export function Manager(options?: ManagerOptions): Promise<SyncManager> {
  return observed(started(options));
}

async function started(options: ManagerOptions | undefined): Promise<SyncManager> {
  const { SyncManager } = await import("./manager.ts");
  const manager = new SyncManager(options);
  await manager.start();
  return manager;
}
