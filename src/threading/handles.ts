/** Which of our own objects travel. @module */
import { registerConnectionHandles } from "../connection/pipe.ts";
import { registerProxyGroup } from "../managers/proxy_group.ts";
import { registerMemoryHandles } from "../memory/handles.ts";
import { thisUnit } from "../process/identity.ts";
import { registerQueueHandles } from "../queues/handles.ts";
import { nameUnit } from "../server/unit_name.ts";
import { registerSharedHandles } from "../sharedctypes/handles.ts";
import { registerSyncHandles } from "../sync/handles.ts";
import { registerLocal } from "./local.ts";

let done = false;

/** Makes every shared object known to the wire format. Called when a thread or a class of a context is first used, and by every child. */
export function registerHandles(): void {
  if (done) return;
  done = true;
  nameUnit(() => thisUnit().name);
  registerConnectionHandles();
  registerMemoryHandles();
  registerSyncHandles();
  registerQueueHandles();
  registerSharedHandles();
  registerLocal();
  registerProxyGroup();
}
