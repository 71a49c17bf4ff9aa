/**
 * How a child is told what to do: between processes in one environment variable, between threads in `workerData`.
 * Both are read once and removed, so that neither a grandchild nor the user's code sees the secret in them.
 *
 * @module
 */
import process from "node:process";
import { isMainThread, type MessagePort, workerData } from "node:worker_threads";
import type { Launch } from "../types.ts";
import { isGranted } from "./permissions.ts";

/** What a child of this library is given. */
export interface Envelope {
  launch: Launch;
  /** The folder of this program's sockets. */
  folder: string | null;
  /** The entry module of the program at the root of the tree. */
  program: string | null;
  /** Flags of the runtime that its own children need too; the child cannot always see them. */
  flags: string[];
  /** Addresses of its own for a child that may not listen at any other. */
  addresses?: string[];
}

/** An {@linkcode Envelope} between threads. */
export interface ThreadEnvelope extends Envelope {
  port: MessagePort;
}

/** The environment variable of a launch, and the key in `workerData`. */
export const LAUNCH_KEY = "FENSHEN_LAUNCH";

let opened: Partial<ThreadEnvelope> | null | undefined;
let taken = false;

function open(): Partial<ThreadEnvelope> | null {
  if (!isMainThread) {
    const data: unknown = workerData;
    if (data === null || typeof data !== "object" || !(LAUNCH_KEY in data)) return null;
    const envelope = data[LAUNCH_KEY] as ThreadEnvelope;
    delete data[LAUNCH_KEY];
    return envelope;
  }
  // A child is always allowed to read it, a program without permissions is not even allowed to look.
  if (!isGranted({ name: "env", variable: LAUNCH_KEY })) return null;
  const text = process.env[LAUNCH_KEY];
  if (text === undefined) return null;
  delete process.env[LAUNCH_KEY];
  return JSON.parse(text) as Envelope;
}

/** What this unit was given, or `null` in a program that the library did not start. Removes it where it lies at the first call. */
export function envelope(): Partial<ThreadEnvelope> | null {
  if (opened === undefined) opened = open();
  return opened;
}

/** Whether the library started this unit. */
export function isChild(): boolean {
  return envelope() !== null;
}

/** What this unit is to do; `null` in a normal program, and from the second call on. */
export function takeLaunch(): Launch | null {
  const launch = taken ? null : envelope()?.launch ?? null;
  taken = true;
  return launch;
}
