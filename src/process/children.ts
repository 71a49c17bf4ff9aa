/** The living children of this unit. @module */
import { log } from "../runtime/log.ts";
import { runtime } from "../runtime/runtime.ts";
import type { UnitKind } from "./identity.ts";
import type { ChildState } from "./state.ts";

const living = new Set<ChildState>();
let hooked = false;
let ending = false;

/** Whether this unit is at its end and waits for its children only: nothing new may be started, or it would never get there. */
export function isEnding(): boolean {
  return ending;
}

/** Adds a child that was launched. An orderly end of this unit takes its daemons along. */
export function adopt(child: ChildState): void {
  living.add(child);
  if (hooked) return;
  hooked = true;
  runtime.onExit(() => {
    if (!ending) log.info("process shutting down");
    terminateDaemons();
  });
}

/** Forgets a child that has ended. */
export function release(child: ChildState): void {
  living.delete(child);
}

/** The children of a kind that have not ended. */
export function livingChildren(kind: UnitKind): ChildState[] {
  return [...living].filter((child) => child.plan.kind === kind);
}

/** Sends SIGTERM to every daemonic child. */
export function terminateDaemons(): void {
  for (const child of living) {
    if (!child.plan.daemon) continue;
    log.info(`calling terminate() for daemon ${child.plan.name}`);
    child.kill(15);
  }
}

/** Ends every child; for a unit that has lost its parent. */
export function terminateChildren(): void {
  for (const child of living) child.kill(15);
}

/** What Python does when a process ends: its daemons are ended, then all children are waited for. */
export async function settleChildren(): Promise<void> {
  ending = true;
  log.info("process shutting down");
  terminateDaemons();
  while (living.size > 0) {
    for (const child of living) log.info(`calling join() for process ${child.plan.name}`);
    await Promise.all([...living].map((child) => child.ended));
  }
}
