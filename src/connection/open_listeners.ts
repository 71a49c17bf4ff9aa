/** The listening sockets of this unit: their files go when it ends. @module */
import { runtime } from "../runtime/runtime.ts";
import type { SocketListener } from "../runtime/types.ts";

const open = new Set<SocketListener>();
let closesAtExit = false;

/** Closes a listener at an orderly end of this unit, unless {@linkcode closeListener} has done so before. */
export function closeAtExit(listener: SocketListener): void {
  open.add(listener);
  if (closesAtExit) return;
  closesAtExit = true;
  runtime.onExit(() => {
    for (const each of open) void each.close();
  });
}

/** Closes it now. Resolves when its address can be listened at again. */
export function closeListener(listener: SocketListener): Promise<void> {
  open.delete(listener);
  return listener.close();
}
