/** What the entry module of every child does. @module */
import { runUnit } from "../process/boot.ts";
import type { Services } from "../process/service.ts";
import { runtime } from "../runtime/runtime.ts";
import { registerHandles } from "../threading/handles.ts";

/** Loaded when a child is asked for one; a target's process never pays for them. */
const services: Services = {
  "thread": async () => (await import("../threading/main.ts")).threadMain,
  "timer": async () => (await import("../threading/main.ts")).timerMain,
  "manager": async () => {
    const [{ managerMain }, { makeManagerPool }] = await Promise.all([import("../managers/service.ts"), import("./manager_pool.ts")]);
    return managerMain(makeManagerPool);
  },
  "pool-worker": async () => (await import("../pool/worker.ts")).poolWorkerMain,
};

/**
 * Does what this unit was started for; nothing in a program that merely imports the module.
 *
 * @param loadFace Imports what programs import of this library; a child that is made ahead of its use does that while it waits.
 */
export async function childMain(loadFace: () => Promise<unknown>): Promise<void> {
  const launch = runtime.takeLaunch();
  if (launch === null) return;
  registerHandles();
  if (launch.service === "object-server") {
    const { runObjectServer } = await import("./object_server.ts");
    await runObjectServer(launch.data);
  } else {
    const warmUp = () => Promise.all([loadFace(), ...Object.values(services).map((load) => load())]);
    await runUnit(launch.data, services, warmUp);
  }
}
