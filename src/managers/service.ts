/** What runs in a manager's own process, and what it and its starter say to each other. @module */
import { ProcessError } from "../base/errors.ts";
import type { Channel } from "../connection/channel.ts";
import type { ServiceMain } from "../process/service.ts";
import { runAsTarget } from "../reference/importing.ts";
import { decodeValue, encodeValue } from "../reference/value.ts";
import { runtime } from "../runtime/runtime.ts";
import { encodeError } from "../wire/wire.ts";
import { type RunningServer, runServer, type ServerPlan } from "./running_server.ts";
import type { MakePool } from "./server_control.ts";

/** The name of the service. */
export const MANAGER_SERVICE = "manager";

/** What the process is told. */
export interface ManagerSetup extends ServerPlan {
  readonly initializer: ((...args: never[]) => unknown) | null;
  readonly initargs: readonly unknown[];
}

/** How a server is reached. */
export type Reachable = Pick<RunningServer, "address" | "ticket">;

const READY = 0;
const FAILED = 1;
const SIGINT = 2;

/** The service; pools of its are made by `makePool`. */
export function managerMain(makePool: MakePool): ServiceMain {
  return async (channel, data) => {
    // Ctrl-C is for the program; the manager ends with it, not before.
    if (runtime.isMainThread) runtime.onSignal(SIGINT, () => {});
    let stop: () => void = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
      // Whatever its starter says once it runs means the end.
      channel.onFrame(() => resolve());
      channel.closed.then(() => resolve());
    });
    const server = await start(channel, data as ManagerSetup, makePool, stop);
    if (server === null) return;
    await stopped;
    await server.stop();
  };
}

async function start(
  channel: Channel,
  { initializer, initargs, ...plan }: ManagerSetup,
  makePool: MakePool,
  onShutdown: () => void,
): Promise<RunningServer | null> {
  try {
    if (initializer !== null) await runAsTarget(() => (initializer as (...args: readonly unknown[]) => unknown)(...initargs));
    const server = await runServer(plan, makePool, onShutdown);
    const { address, ticket } = server;
    channel.send(frameOf(READY, await encodeValue({ address, ticket } satisfies Reachable)));
    return server;
  } catch (error) {
    channel.send(frameOf(FAILED, await encodeError(error)));
    await channel.flushed();
    return null;
  }
}

/** Waits until a manager's process says that it can be reached. @throws what its initializer threw. @throws {ProcessError} it ended. */
export async function firstWord(channel: Channel, name: string): Promise<Reachable> {
  const frame = await new Promise<Uint8Array | null>((resolve) => {
    channel.onFrame(resolve);
    channel.closed.then(() => resolve(null));
  });
  if (frame === null) throw new ProcessError(`Cannot start ${name}: its process ended before it could be reached`);
  const value = await decodeValue(frame.slice(1));
  if (frame[0] === READY) return value as Reachable;
  throw value;
}

function frameOf(kind: number, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(1 + body.length);
  frame[0] = kind;
  frame.set(body, 1);
  return frame;
}
