/**
 * Uplinks: from every thread of this library, at whatever depth, a port of its own to the topmost unit of its process. A thread makes a channel when it first
 * needs one, and hands one end to its starter, who hands it on; from then on nobody is in between. A thread that needs none costs nothing.
 *
 * @module
 */
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { ThreadPort } from "../types.ts";
import { envelope } from "./launch.ts";
import { threadPort } from "./thread_port.ts";

/** The key of the one message on the port between a thread and its starter that is not for their users. */
const UPLINK = "FENSHEN_UPLINK";

const early: MessagePort[] = [];
let receive: ((port: ThreadPort) => void) | null = null;

/** In a thread of this library: a new port to the topmost unit. `null` in that unit. */
export function openUplink(): ThreadPort | null {
  const parent = envelope()?.port;
  if (parent === undefined) return null;
  const { port1, port2 } = new MessageChannel();
  parent.postMessage({ [UPLINK]: port2 }, [port2]);
  return threadPort(port1);
}

/** In the topmost unit: sets who gets the uplinks; those that came before are kept for it. */
export function onUplink(handler: (port: ThreadPort) => void): void {
  receive = handler;
  for (const port of early.splice(0)) handler(threadPort(port));
}

/** Takes a message of a thread that this unit started, if it is an uplink. */
export function takeUplink(message: unknown): boolean {
  if (message === null || typeof message !== "object" || !(UPLINK in message)) return false;
  const port = message[UPLINK] as MessagePort;
  const parent = envelope()?.port;
  if (parent !== undefined) parent.postMessage(message, [port]);
  else if (receive !== null) receive(threadPort(port));
  else early.push(port);
  return true;
}
