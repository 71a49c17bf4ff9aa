/** Services: what this library itself runs in a child, with a channel to its starter beside the control messages. @module */
import type { Channel } from "../connection/channel.ts";
import { encodeValue } from "../reference/value.ts";
import { BaseProcess, startWith, stateOf } from "./process.ts";
import type { ContextOptions, StartMethod } from "./start_method.ts";

/** What runs in the child; the unit ends when its promise settles. */
export type ServiceMain = (channel: Channel, data: unknown) => Promise<void>;

/** The services a child knows, loaded only when asked for. */
export type Services = Readonly<Record<string, () => Promise<ServiceMain>>>;

/** A running service. */
export interface ServiceUnit {
  readonly process: BaseProcess;
  /** Frames to and from the service. */
  readonly channel: Channel;
}

/** What to start. */
export interface ServiceOptions {
  /** Its name in {@linkcode Services}. */
  service: string;
  /** Any value that travels. */
  data?: unknown;
  name: string;
  daemon: boolean;
  method: StartMethod;
  context?: ContextOptions;
}

/** Starts a service. @throws {WorkerDiedError} when the child ends before it has connected; any failure of the launch. */
export async function startService(options: ServiceOptions): Promise<ServiceUnit> {
  const { service, data, name, daemon, method, context } = options;
  const process = new BaseProcess({ ...context, name, daemon }, method, service);
  const state = stateOf(process);
  await startWith(process, (carried) => encodeValue(data, "data", carried));
  const lanes = await state.lanes();
  return { process, channel: lanes.service };
}
